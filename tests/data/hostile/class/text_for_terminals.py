# Answers, prints and raises with text that commands a terminal, a browser and a spreadsheet.
TEXT = "\x1b[2J\x9b31m\x07<script>alert(1)</script>\u202e=HYPERLINK('x')\x00\ud800"


def mean(values):
    print(TEXT.encode("utf-8", "surrogatepass"))
    if len(values) == 1:
        raise type(TEXT.replace("\x00", "").replace("\ud800", ""), (Exception,), {})(TEXT)
    return {TEXT: [TEXT] * 50}
