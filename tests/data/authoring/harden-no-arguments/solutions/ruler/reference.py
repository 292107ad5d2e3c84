def ruler(*, width=6, mark="|"):
    return mark + "-" * (width - 2) + mark
