# Raises what a terminal, a web page or a CI log might obey.
# verdict: run_time_error
# score: 0
# says: ^ValueError: .\[31m</script><img src=x onerror=alert\(1\)>\n::error::pwned\n::set-output
TEXT = (
    "\x1b[31m</script><img src=x onerror=alert(1)>\n::error::pwned\n::set-output name=x::y\n"
    "##vso[task.complete]\r[red]x[/red]\x07\x9b2J{{7*7}}${HOME}%s%n]]>&#0;\ud800\u202e\ufeff"
)


def mean(values):
    print(TEXT)
    raise ValueError(TEXT)
