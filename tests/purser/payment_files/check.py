"""Reads payment files with other people's code, and says what that holds against them: a line for each, the checker first.

Arguments: the format, the file, the folder of tools."""

import pathlib
import re
import sys

import achkit
import sepaxml
from lxml import etree
from stdnum import iban
from stdnum.us import rtn

form, path, tools = sys.argv[1:]
text = pathlib.Path(path).read_bytes()


def against(checker, schema):
    try:
        document = etree.fromstring(text)
    except etree.XMLSyntaxError as error:
        return print(checker, error)
    found = etree.XMLSchema(etree.parse(schema))
    if not found.validate(document):
        print(checker, found.error_log[0].message)


if form == "pain001":
    version = re.search(rb"pain\.001\.001\.\d\d", text)
    schemas = pathlib.Path(sepaxml.__file__).parent / "schemas"
    against("sepaxml", schemas / f"{version.group().decode() if version else 'pain.001.001.09'}.xsd")
    if version and version.group().endswith(b"09"):
        against("gbic", pathlib.Path(tools) / "sepa/pain.001.001.09_GBIC_5.xsd")
    for account in re.findall(rb"<IBAN>(.*?)</IBAN>", text):
        if not iban.is_valid(account.decode(errors="replace")):
            print("stdnum", "an IBAN is wrong")
elif form == "nacha":
    for error in achkit.validate(text.decode(errors="replace"))["errors"]:
        print("achkit", error["code"], error["field"])
    for record in text.decode(errors="replace").splitlines():
        if record.startswith("6") and not rtn.is_valid(record[3:12]):
            print("stdnum", "a routing number is wrong")
