"""The columns of Moodle's grading worksheet, in the language of any site.

Headers are found by their names in `HEADERS`. In a language that is not listed, the identifiers are
recognised by their form, a word and the number of the participant; the name is the column behind
them, unless its cells are like the status of submissions, which comes next; and the maximum is the
column with the same number in every row, with the grade in front of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from grader.submissions.times import parse_time

# English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Japanese, Chinese.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "identifier": (
        *("Identifier", "ID", "Identifiant", "Identificador", "Identificativo", "Identifikation"),
        *("Identificatie", "Identyfikator", "ID aluno", "識別子", "识别号", "标识符", "編號"),
    ),
    "name": (
        *("Full name", "Vollständiger Name", "Nom complet", "Nombre completo", "Nome completo"),
        *("Nome", "Cognome / Nome", "Volledige naam", "Naam", "Pełna nazwa", "Imię i nazwisko"),
        *("Nazwisko", "氏名", "姓名", "全名", "フルネーム"),
    ),
    "email": (
        *("Email address", "E-Mail-Adresse", "Adresse de courriel", "Adresse e-mail"),
        *("Dirección de correo", "Dirección Email", "Correo electrónico", "Indirizzo email"),
        *("Endereço de email", "Endereço de e-mail", "E-mailadres", "Adres e-mail"),
        *("E-mail", "メールアドレス", "电子邮件地址", "Email地址", "電子郵件信箱"),
    ),
    "group": ("Group", "Gruppe", "Groupe", "Grupo", "Gruppo", "Groep", "Grupa", "グループ", "小组"),
    "grade": (
        *("Grade", "Bewertung", "Note", "Calificación", "Valutazione", "Voto", "Nota"),
        *("Avaliação", "Cijfer", "Beoordeling", "Ocena", "評点", "評定", "成绩", "分數"),
    ),
    "maximum": (
        *("Maximum Grade", "Bestwertung", "Note maximale", "Calificación máxima"),
        *("Valutazione massima", "Voto massimo", "Nota máxima", "Avaliação máxima"),
        *("Maximumcijfer", "Maximaal cijfer", "Maximumbeoordeling", "Ocena maksymalna"),
        "Maksymalna ocena",
        *("最大評点", "最高分", "最高成绩"),
    ),
    "can change": (
        *("Grade can be changed", "Bewertung kann geändert werden", "La note peut être modifiée"),
        *("La calificación puede ser cambiada", "La calificación puede cambiarse"),
        *("La valutazione può essere cambiata", "A nota pode ser alterada."),
        *("A nota pode ser alterada", "Nota pode ser alterada", "Cijfer kan gewijzigd worden"),
        *("Het cijfer kan gewijzigd worden", "Ocena może być zmieniona", "評点変更可"),
        *("評点を変更することができます", "成绩可以更改", "允许更改成绩"),
    ),
    "status": ("Status", "Statut", "Estado", "Stato", "Estatuto", "ステータス", "状态", "狀態"),
    "submitted": (
        *("Last modified (submission)", "Zuletzt geändert (Abgabe)"),
        *("Dernière modification (travail remis)", "Dernière modification (remise)"),
        *("Última modificación (entrega)", "Ultima modifica (consegna)"),
        *("Última modificação (envio)", "Última modificação (submissão)"),
        *("Última atualização (submissão)", "Laatst gewijzigd (inzending)"),
        *("Ostatnio modyfikowane (przesłane zadanie)", "最終更新日時 (提出)"),
        *("Ostatnia modyfikacja (przesłane rozwiązanie)", "最后修改时间 (提交)"),
        *("最后修改 (提交)", "上次修改（作业）"),
    ),
    "comments": (
        *("Feedback comments", "Feedback als Kommentar", "Feedback par commentaires"),
        *("Comentarios de retroalimentación", "Commenti", "Comentários de feedback"),
        *("Comentários de Feedback", "Feedback tekstvak", "Komentarze zwrotne"),
        *("フィードバックコメント", "反馈意见", "反馈评论", "回饋評論"),
    ),
}
_MIN_LETTERS = 3  # of the word for a participant
_MIN_COLUMNS = 6  # of a worksheet whose headers are not known
_FIRST_GRADE = 2  # the first column that may be the grade, behind identifier and name or status
_NUMBER = re.compile(r"(.*[^0-9])([0-9]{1,18})", re.S)
_MAX_EXTENSION = 100  # characters of the time of an extension
_POINTS = re.compile(r"[0-9]+[.,][0-9]+")  # as Moodle writes them


def normal_header(cell: str) -> str:
    """Return the title of a column, for comparing."""
    return re.sub(r"[\s_-]+", " ", unicodedata.normalize("NFC", cell)).strip().casefold()


_KINDS = {normal_header(each): kind for kind, names in HEADERS.items() for each in names}


def find_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Return where the kinds of columns in `HEADERS` are; empty if this is not a worksheet.

    Args:
        rows: the rows below the header, of which some may be short or empty
    """
    found: dict[str, int] = {}
    for at, cell in enumerate(header):
        kind = _KINDS.get(normal_header(cell))
        if kind:
            found.setdefault(kind, at)
    identifiers = [row[0] for row in rows if row and row[0].strip()]
    words = {participant_number(each)[0] for each in identifiers}
    if len(words) != 1 or sum(map(str.isalpha, *words)) < _MIN_LETTERS:
        return {}  # ids of another kind, such as S1
    if found.get("identifier") == 0:
        if not found.keys() - {"identifier", "name", "email"}:
            return {}  # the instructor's own table
    elif len(header) < _MIN_COLUMNS:
        return {}
    filled = [row for row in rows if row and row[0].strip()]
    if "grade" not in found:
        found |= _find_grade(filled)
    # Else it is a worksheet without names.
    if "name" not in found and 1 not in found.values() and not _is_status(filled, found):
        found["name"] = 1
    return {**found, "identifier": 0}


def _is_status(rows: Sequence[Sequence[str]], found: Mapping[str, int]) -> bool:
    """Return whether the second column is the status, and not the name, of participants.

    There is a status in front of each grade. It is that of many, while few have the same name.
    """
    cells = {row[1].strip() if len(row) > 1 else "" for row in rows}
    return found.get("grade") == _FIRST_GRADE or 2 * len(cells) <= len(rows) + (len(rows) > 1)


def _find_grade(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Return where maximum and grade are by their form; empty if that is not certain."""

    def cells(at: int) -> set[str]:
        return {row[at].strip() if at < len(row) else "" for row in rows}

    places = [
        at
        for at in range(_FIRST_GRADE + 1, max(map(len, rows)))
        if len(cells(at)) == 1
        and all(map(_POINTS.fullmatch, cells(at)))
        and all(each in ("", "-") or _POINTS.fullmatch(each) for each in cells(at - 1))
    ]
    return {"maximum": places[0], "grade": places[0] - 1} if len(places) == 1 else {}


def extension_in(status: str) -> str:
    """Return the time until which a student may submit, as the status of their submission has it.

    It is behind the last words of the status, "Extension granted until:" in English, and behind a
    colon in each language. Nothing else in a status has a year.

    Returns:
        the whole status if the time cannot be read; empty if there is none
    """
    if not re.search(r"\d{4}", status):
        return ""
    end = status[-_MAX_EXTENSION:]
    times = (end[colon.end() :].strip() for colon in re.finditer("[:：]", end))
    return next(filter(parse_time, times), status)


def participant_number(identifier: str) -> tuple[str, str]:
    """Return word and number of "Participant 12" or "Teilnehmer/in12"; empty without a number."""
    match = _NUMBER.fullmatch(identifier.strip())
    return (match[1], match[2]) if match else ("", "")
