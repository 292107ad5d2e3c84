"""Worksheets and gradebooks of Moodle are filled in, and nothing else in them changes."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.course.gradebook import students_of
from grader.course.lms import moodle as moodle_csv
from grader.errors import UsageError
from tests._support.classes_of_systems import RIGHT, grade_class
from tests._support.gradebooks import CLASS, SMALL, a_class, after, changed, commented
from tests._support.submissions import Files

MOODLE = (
    "\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\r\n"
    '"Participant 101","Jane Doe",jane@x.org,Submitted,,"11,00",Yes,-,-,"a ""b"", c"\r\n'
    '"Participant 102","José O\'Neil",joneil,Submitted,"1,50","11,00",Yes,-,-,\r\n'
    '"Participant 103","Kim Lee",klee,"No submission",,"11,00",No,-,-,\r\n'
)


def test_moodle_column_is_filled_in() -> None:
    found = moodle_csv.fill(MOODLE, a_class())
    assert changed(MOODLE, found.text) == [
        '"Participant 101","Jane Doe",jane@x.org,Submitted,"7,33","11,00",Yes,-,-,"a ""b"", c"',
        '"Participant 102","José O\'Neil",joneil,Submitted,"5,00","11,00",Yes,-,-,',
    ]
    assert found.skipped == ("row 4 (Participant 103): Kim Lee (s3) is locked in Moodle",)
    assert found.notes == () and found.filled == 2


def test_extensions_of_a_worksheet_that_do_not_count_are_listed() -> None:
    until = " - Extension granted until: Friday, 4 December 2026, 9:00 PM"
    text = MOODLE.replace("Submitted,", f'"Submitted{until}",').replace(
        "No submission", f"Draft{until}"
    )
    book = a_class()
    assert moodle_csv.fill(text, book).notes == ()  # without a due date, nothing is late
    dated = replace(SMALL, extensions={"s2": after(days=2)})
    (note,) = moodle_csv.fill(text, replace(book, assignment=dated)).notes
    assert note.startswith("extensions in the file that do not count: Jane Doe (101), Kim Lee (s3)")


def test_moodle_with_points_and_a_tab() -> None:
    text = MOODLE.replace('"11,00"', "11.00").replace('"1,50"', "1.50").replace(",", "\t")
    found = moodle_csv.fill(text, a_class())
    assert "\t7.33\t" in found.text and "\t5.00\t" in found.text


class Language(NamedTuple):
    """The headers of a worksheet up to that of comments, and the words in its cells."""

    headers: str
    participant: str
    no: str


# As in the language packs of Moodle 4.
LANGUAGES = {
    "German": Language(
        "ID|Vollständiger Name|E-Mail-Adresse|Status|Bewertung|Bestwertung|Bewertung kann geändert"
        " werden|Zuletzt geändert (Abgabe)|Zuletzt geändert (Bewertung)|Feedback als Kommentar",
        "Teilnehmer/in",
        "Nein",
    ),
    "French": Language(
        "Identifiant|Nom complet|Adresse de courriel|Statut|Note|Note maximale|La note peut être"
        " modifiée|Dernière modification (travail remis)|Dernière modification (note)|Feedback par"
        " commentaires",
        "Participant",
        "Non",
    ),
    "Spanish": Language(
        "Identificador|Nombre completo|Dirección de correo|Estado|Calificación|Calificación máxima|"
        "La calificación puede ser cambiada|Última modificación (entrega)|Última modificación"
        " (calificación)|Comentarios de retroalimentación",
        "Participante ",
        "No",
    ),
    "Italian": Language(
        "Identificativo|Nome|Indirizzo email|Stato|Valutazione|Valutazione massima|La valutazione"
        " può essere cambiata|Ultima modifica (consegna)|Ultima modifica (valutazione)|Commenti",
        "Partecipante",
        "No",
    ),
    "Portuguese": Language(
        "Identificador|Nome completo|E-mail|Estado|Avaliação|Nota máxima|A nota pode ser alterada.|"
        "Última atualização (submissão)|Última atualização (avaliação)|Comentários de feedback",
        "Participante",
        "Não",
    ),
    "Dutch": Language(
        "Identificatie|Volledige naam|E-mailadres|Status|Cijfer|Maximaal cijfer|Het cijfer kan"
        " gewijzigd worden|Laatst gewijzigd (inzending)|Laatst gewijzigd (beoordeling)|Feedback"
        " tekstvak",
        "Deelnemer",
        "Nee",
    ),
    "Polish": Language(
        "identyfikator|Pełna nazwa|Adres e-mail|Status|Ocena|Maksymalna ocena|Ocena może być"
        " zmieniona|Ostatnia modyfikacja (przesłane rozwiązanie)|Ostatnia aktualizacja (ocena)|"
        "Komentarze zwrotne",
        "Uczestnik",
        "Nie",
    ),
    "Japanese": Language(
        "ID|フルネーム|メールアドレス|ステータス|評点|最大評点|評点変更可|最終更新日時 (提出)|"
        "最終更新日時 (評定)|フィードバックコメント",
        "参加者",
        "No",
    ),
    "Chinese": Language(
        "标识符|全名|电子邮件地址|状态|成绩|最高分|允许更改成绩|上次修改（作业）|上次修改（评分）|"
        "反馈意见",
        "参与人",
        "否",
    ),
}
ROWS = (
    '{word}101,Jane Doe,j@x,,,"11,00",?,-,-,\n{word}102,José O\'Neil,o@x,,-,"11,00",?,-,-,"old"\n'
    '{word}103,Kim Lee,k@x,,,"11,00",{no},-,-,\n'
)


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_worksheet_in_a_known_language(language: Language) -> None:
    rows = ROWS.format(word=language.participant, no=language.no)
    text = ",".join(language.headers.split("|")) + "\n" + rows
    found = moodle_csv.fill(text, commented(a_class(), s2="see 1 < 2\nand 3"))
    assert found.text.splitlines()[1:] == [
        f'{language.participant}101,Jane Doe,j@x,,"7,33","11,00",?,-,-,',
        f'{language.participant}102,José O\'Neil,o@x,,"5,00","11,00",?,-,-,"see 1 &lt; 2<br>and 3"',
        f'{language.participant}103,Kim Lee,k@x,,,"11,00",{language.no},-,-,',
    ]
    assert found.remarks == (
        "row 4 (" + language.participant + "103): Kim Lee (s3) is locked in Moodle",
        f"row 3 ({language.participant}102): José O'Neil (s2) had the comment 'old', which is"
        " replaced",
    )


CZECH = (
    "Identifikátor,Celé jméno,Stav,Známka,Nejvyšší hodnocení,Známku lze měnit,Poslední změna\n"
    'Účastník 101,Jane Doe,,,"11,00",Ano,-\nÚčastník 102,José O\'Neil,,"3,00","11,00",Ano,-\n'
)


def test_worksheet_in_another_language_is_recognised_by_its_form() -> None:
    found = moodle_csv.fill(CZECH, a_class())
    assert changed(CZECH.replace("\n", "\r\n"), found.text.replace("\n", "\r\n")) == [
        'Účastník 101,Jane Doe,,"7,33","11,00",Ano,-',
        'Účastník 102,José O\'Neil,,"5,00","11,00",Ano,-',
    ]


def test_column_of_grades_that_is_not_certain_is_asked_for() -> None:
    text = CZECH.replace("Ano", '"11,00"')  # two columns with the same number in each row
    with pytest.raises(UsageError, match="no column 'Grade'"):
        moodle_csv.fill(text, a_class())
    assert '"7,33"' in moodle_csv.fill(text, a_class(), "Známka").text


def test_ids_in_a_column_that_is_named() -> None:
    text = "Jméno,Číslo,Test: H (Reálné)\nX,101,-\nY,joneil,-\n"
    with pytest.raises(UsageError, match="not a grading worksheet"):
        moodle_csv.fill(text, a_class(), "Test: H (Reálné)")
    found = moodle_csv.fill(text, a_class(), "Test: H (Reálné)", id_column="Číslo")
    assert found.text.splitlines()[1:] == ["X,101,7.33", "Y,joneil,5.00"]
    with pytest.raises(UsageError, match="no column 'Cislo'; known: Identifier"):
        moodle_csv.fill(MOODLE, a_class(), id_column="Cislo")


def test_moodle_gradebook_is_filled_in() -> None:
    text = (
        'First name,Surname,ID number,Email address,"Assignment: H (Real)"\n'
        "Jane,Doe,9,j@x.org,-\nX,Y,s2,x@x.org,1.00\n,,,,\n"
    )
    found = moodle_csv.fill(text, a_class(), "Assignment: H (Real)")
    assert found.text.split("\n")[1:3] == ["Jane,Doe,9,j@x.org,7.33", "X,Y,s2,x@x.org,5.00"]
    assert found.unmatched == ("Kim Lee (s3) is not in the file",)


def test_comments_of_a_gradebook() -> None:
    text = (
        "First name,Surname,ID number,H (Real),H (Feedback),G (Feedback)\n"
        "Jane,Doe,101,-,,\nX,Y,s2,-,,\n"
    )
    found = moodle_csv.fill(text, commented(a_class(), s2="a, b", problem="p"), "H (Real)")
    assert found.text.splitlines()[2] == 'X,Y,s2,5.00,"a, b<br>p: a, b",'
    assert moodle_csv.fill(text, a_class(), "H (Real)").text.splitlines()[2] == "X,Y,s2,5.00,,"


def test_comments_without_a_column_are_counted() -> None:
    text = MOODLE.replace("Feedback comments", "Plagiarism")
    found = moodle_csv.fill(text, commented(a_class(), s2="well done"))
    assert found.notes == ("the file has no column for comments: 1 comment is only in pages",)


PARTICIPANTS = {"101": ("101", "Jane Doe"), "s2": ("102", "José O'Neil"), "s3": ("103", "Kim Lee")}


def test_participants_of_a_worksheet() -> None:
    assert moodle_csv.participants(MOODLE, CLASS) == PARTICIPANTS
    with pytest.raises(UsageError, match="not a grading worksheet, which alone has the numbers"):
        moodle_csv.participants("ID number,A\ns2,1\n", CLASS)


BLIND = (
    "Identifier,Status,Grade,Maximum Grade,Grade can be changed\n"
    "Participant 12,Submitted,,15.00,Yes\nParticipant 13,Submitted,,15.00,Yes\n"
)
NAMED = (
    "Identifier,Full name,Status,Grade,Maximum Grade,Grade can be changed\n"
    "Participant 12,Ada Lovelace,Submitted,,15.00,Yes\n"
    "Participant 13,Konrad Zuse,Submitted,,15.00,Yes\n"
)
HIDDEN = {"Participant_12_assignsubmission_file/x.py": RIGHT}
OF_ADA = {"Ada Lovelace_12_assignsubmission_file/x.py": RIGHT}
NUMBERED = {"12.py": RIGHT}


class Numbers(NamedTuple):
    """A class, and the numbers of participants by which its students are found.

    Attributes:
        filled: the numbers in the rows that get a grade
        is_noted: whether a note says that ids may be from another system
    """

    files: Files
    roster: str
    filled: list[str]
    is_noted: bool = False
    worksheet: str = BLIND
    id_column: str = ""


NUMBERS = {
    "ids of another system": Numbers(NUMBERED, "id,name\n12,Emmy Noether\n", [], True),
    "ids of another system, without a roster": Numbers(NUMBERED, "", [], True),
    "file names of Moodle": Numbers(HIDDEN, "", ["12"]),
    "file names of Moodle with the names of students": Numbers(OF_ADA, "", ["12"]),
    "a file name that confirms the roster": Numbers(OF_ADA, "id,name\n12,Ada Lovelace\n", ["12"]),
    "a file name of somebody else": Numbers(
        {"Emmy Noether_12_assignsubmission_file/x.py": RIGHT},
        "id,name\n12,Ada Lovelace\n14,Emmy Noether\n",
        [],
        True,
    ),
    "a file name with another number": Numbers(
        {"Ada Lovelace_14_assignsubmission_file/x.py": RIGHT},
        "id,name\n12,Ada Lovelace\n",
        [],
        True,
    ),
    "a number that is uncertain": Numbers(HIDDEN, "id,name\n12,Emmy Noether\n", [], True),
    "the worksheet is the roster": Numbers(HIDDEN, BLIND, ["12", "13"]),
    "the worksheet is the roster of files with the numbers": Numbers(NUMBERED, BLIND, ["12", "13"]),
    "the column is given": Numbers(
        NUMBERED, "id,name\n12,Emmy Noether\n", ["12"], id_column="Identifier"
    ),
    "another column is given": Numbers(
        NUMBERED, "id,name\n12,Emmy Noether\n", [], True, id_column="Status"
    ),
    "other names": Numbers(NUMBERED, "id,name\n12,Emmy Noether\n", [], worksheet=NAMED),
    "the same names": Numbers(NUMBERED, "id,name\n12,Ada Lovelace\n", ["12"], worksheet=NAMED),
    "names in the worksheet alone": Numbers(NUMBERED, "id\n12\n", [], True, worksheet=NAMED),
}


@pytest.mark.parametrize("case", NUMBERS.values(), ids=NUMBERS)
def test_numbers_of_participants_are_not_ids_of_another_system(
    tmp_path: Path, case: Numbers
) -> None:
    graded = grade_class(tmp_path, case.files, case.roster)
    found = moodle_csv.fill(case.worksheet, graded.book, id_column=case.id_column)
    rows = csv.DictReader(found.text.splitlines())
    assert [row["Identifier"].split()[1] for row in rows if row["Grade"]] == case.filled
    note = (
        "students have ids such as '12', but it is not known that these are the numbers of"
        " participants; if they are, add --id-column 'Identifier'"
    )
    assert found.notes == ((note,) if case.is_noted else ())
    students, known = students_of(graded.collected), graded.collected.participants
    participants = moodle_csv.participants(case.worksheet, students, known, case.id_column)
    assert [each.number for each in participants.values()] == case.filled


def test_decimal_comma_of_an_existing_grade() -> None:
    text = 'ID number;A\ns2;"1,50"\n101;-\n'
    assert moodle_csv.fill(text, a_class(), "A").text == 'ID number;A\ns2;"5,00"\n101;7,33\n'


# An export of the gradebook before the first grade: the column before it, and what is written.
OTHER_GRADES = {
    "decimal commas": (['"7,50"', '"10,00"'], '"7,33"', '"5,00"'),
    "decimal commas, and a student without a grade": (["-", '"10,00"'], '"7,33"', '"5,00"'),
    "percentages with decimal commas": (['"75,00 %"', '"100,00 %"'], '"7,33"', '"5,00"'),
    "a penalty with a decimal comma": (['"-1,50"', "-"], '"7,33"', '"5,00"'),
    "decimal points": (["7.50", "10.00"], "7.33", "5.00"),
    "no grades": (["-", "-"], "7.33", "5.00"),
    "no decimals": (["8", "10"], "7.33", "5.00"),
    "numbers of groups": (['"1,2"', "3"], "7.33", "5.00"),
    "both": (['"1,2"', "7.50"], "7.33", "5.00"),
}


@pytest.mark.parametrize("others, jane, jose", OTHER_GRADES.values(), ids=OTHER_GRADES)
def test_decimal_separator_of_other_columns(others: list[str], jane: str, jose: str) -> None:
    text = f"ID number,G (Real),H (Real)\n101,{others[0]},-\ns2,{others[1]},-\n"
    rows = moodle_csv.fill(text, a_class(), "H (Real)").text.splitlines()[1:]
    assert rows == [f"101,{others[0]},{jane}", f"s2,{others[1]},{jose}"]


NOT_MOODLE = {
    "not of Moodle": ("a,b\n1,2\n", "Grade", "not a grading worksheet"),
    "no such column": (MOODLE, "Mark", "no column 'Mark'"),
    "two such columns": (MOODLE.replace("Status", "Grade"), "Grade", "several columns 'Grade'"),
}


@pytest.mark.parametrize("text, column, message", NOT_MOODLE.values(), ids=NOT_MOODLE)
def test_moodle_file_is_refused(text: str, column: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        moodle_csv.fill(text, a_class(), column)
