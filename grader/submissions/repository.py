"""The path of a file from the root of its repository, by which GitHub finds its lines."""

from __future__ import annotations

import os

_WORKSPACE = "GITHUB_WORKSPACE"  # the folder of the repository in a job of GitHub Actions


def path_in_repository(path: str) -> str:
    """Return the path of a file from the root of its repository, wherever the command is run.

    The root is the workspace of the job on GitHub, or else the nearest folder upwards with a
    `.git`. Outside of both the path is from the current folder, and empty if it leads out of that.
    """
    for found in (os.path.abspath(path), _without_links(path)):
        workspace = os.environ.get(_WORKSPACE, "")
        if workspace:
            for root in (os.path.abspath(workspace), os.path.realpath(workspace)):
                if relative := _below(found, root):
                    return relative
        if root := _repository_of(found):
            return _below(found, root)
    return _below(os.path.abspath(path), os.getcwd()) or _below(
        _without_links(path), os.path.realpath(os.curdir)
    )


def _without_links(path: str) -> str:
    """Return the path without links to folders."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name)


def _repository_of(path: str) -> str:
    """Return the nearest folder upwards that is a repository; empty if there is none."""
    folder = os.path.dirname(path)
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above
    return folder


def _below(path: str, folder: str) -> str:
    """Return the path from a folder; empty if it is not below it."""
    inside = folder.rstrip(os.sep) + os.sep
    return path.removeprefix(inside) if path.startswith(inside) else ""
