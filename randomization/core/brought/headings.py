"""What people head their columns with, and what a column so headed is for.

Compared without accents, capitals, spaces and signs: “Taille du bloc”, `block.size` and BLOCK_SIZE are
looked for as `tailledubloc` and `blocksize`. A heading that stands here twice over in meaning has a role
of its own (`group`, `unit`), which the other columns decide.
"""

from __future__ import annotations

import re
import unicodedata

from trial.core.sentences import Sentence

ROLES: dict[str, Sentence] = {
    "arm": Sentence("the arm"),
    "number": Sentence("the number"),
    "position": Sentence("the position"),
    "stratum": Sentence("the stratum"),
    "block": Sentence("the block"),
    "size": Sentence("the block size"),
    "place": Sentence("the place in the block"),
    "site": Sentence("the site"),
    "unused": Sentence("not used"),
}
"""What a column can be for, in words; a person may choose any of them, or a factor of the protocol."""

SPOKEN: dict[str, tuple[str, ...]] = {
    "arm": ("the arm", "bras", "le bras"),
    "number": ("the number", "numéro", "le numéro"),
    "position": ("the position", "la position"),
    "stratum": ("the stratum", "strate", "la strate"),
    "block": ("the block", "bloc", "le bloc"),
    "size": ("block size", "the block size", "taille", "taille du bloc", "la taille du bloc"),
    "place": ("the place in the block", "la place dans le bloc"),
    "site": ("the site", "centre", "le centre"),
    "unused": ("not used", "inutilisée", "non utilisée"),
}
"""What a person who types may call a role beside its own name: the words of the page, in both languages."""

WORDS: dict[str, str] = {
    "arm": """treatment treatments treat trtmnt treatmnt treatmen trtment
        trt trtcd trtcode trtp trt01p trtlabel arm armcd armcode armname
        armlabel assignment assigned assignedto assignedarm assignedtreatment assignedgroup groupassigned
        allocation allocated allocatedto allocatedtreatment allocatedarm z condition treatmentarm
        treatmentgroup
        treatmentcode treatmentname treatmentassigned treatmentallocation treatmentassignment studyarm
        randomizationgroup randomisationgroup randomizedgroup randomisedgroup randomizedarm randomisedarm
        randomizationarm randomisationarm randresult redcaprandomizationgroup intervention
        traitement traitements bras brasdetraitement brastraitement brasderandomisation brasdeletude
        groupedetraitement groupetraitement grouperandomise groupederandomisation traitementalloue
        traitementattribue traitementassigne brasalloue
        behandlung behandlungsarm behandlungsgruppe studienarm therapie therapiearm therapiegruppe
        tratamiento brazo trattamento braccio tratamento braco behandeling""",
    "group": "group grp groupe gruppe grupo gruppo groep",
    "stratum": """stratum strata strate strates stratumid strataid stratid stratno stratumno stratnum
        stratumnumber stratumname stratumlabel stratalabel stratatxt stratumtxt numerodestrate nomdelastrate
        numerostrate idstrate nostrate libelledelastrate schicht schichtnummer estrato strato""",
    "sequence": """id no nr n num numb number seq seqno sequence sequenceno sequencenumber listno listorder
        order orderno subject subjectid subjectno subjectnumber patient patientid patientno patientnumber
        participant participantid participantnumber participantno
        numero numeros identifiant ordre numerodordre nodordre numeroordre numerodesequence rang sujet
        numerodesujet numerosujet
        numerodusujet numerodepatient nopatient nosujet noparticipant ndepatient numeropatient
        numerodupatient numerodinclusion numeroinclusion
        nummer laufendenummer laufnummer lfdnr patientennummer reihenfolge orden ordem""",
    "code": """code uniquecode randomisationcode randomizationcode randcode
        randomisationnumber randomizationnumber randomisationno
        randomizationno randomnumber randomno randno randmno rndno randnum randnumber randnr rando randoid
        randid randomid randomisationid randomizationid redcaprandomizationnumber envelope envelopeno
        envelopenumber codederandomisation coderandomisation numeroderandomisation numerorandomisation
        numrandomisation numrando numerorando norando norandomisation noderandomisation enveloppe
        numerodenveloppe
        randomisierungsnummer randomisationsnummer rnummer""",
    "position": """position positioninstratum seqinstrata seqinstratum sequenceinstratum sequencewithinstratum
        rangdanslastrate positiondanslastrate numerodanslastrate""",
    "block": """block blocks blk blockid blkid blockidentifier blockno blockno blocknr blocknum blocknumber
        blockname blockcode blockinstrata blockinstratum bloc blocs numerobloc numerodebloc numerodubloc
        nobloc blocno nodebloc nodubloc idbloc identifiantbloc identifiantdubloc codebloc nomdubloc
        blocknummer bloque blocco bloco""",
    "size": """blocksize blocksiz blksize blksiz sizeofblock sizeoftheblock blocklength lengthofblock
        tailledubloc taillebloc tailledebloc tailledesblocs longueurdubloc blockgrosse blockgroesse
        blocklange
        blocklaenge tamanodelbloque""",
    "place": """sequencewithinblock sequenceinblock seqwithinblock seqinblock seqinblk positioninblock
        positionwithinblock placeinblock orderinblock orderwithinblock withinblock unitinblock
        rangdanslebloc positiondanslebloc ordredanslebloc placedanslebloc sequencedanslebloc
        numerodanslebloc
        rangbloc positionimblock""",
    "unit": "unit unite units plot cell",
    "stratumsize": "stratsiz stratsize stratumsize tailledelastrate taillestrate nperstratum",
    "site": """site siteid sitecode siteno sitenumber sitename studysite centre center centreid centerid
        centreno centerno centrenumber centernumber centrecode centername centrename centercode
        hospital institution investigationalsite redcapdataaccessgroup dataaccessgroup dag
        centredinvestigation centreinvestigateur numeroducentre numerodecentre numerocentre codecentre
        nocentre nomducentre hopital etablissement zentrum zentrumsnummer prufzentrum centro""",
    "rowname": "x x1 v1 1 unnamed0 rowname rownames obs index level0",
}
"""The headings by what they say; more than one list stands in the same language."""
_ROLE_OF = {word: role for role, words in WORDS.items() for word in words.split()}
PASSED_OVER = re.compile(r"assignedarmindex|arm\d+posteriortotals")
"""Columns of the NCI tool that say nothing of their own."""
NUMBERED = re.compile(
    r"(?:numero|num|no|nr)(?:dela|de|du|d)?(?P<after>.{3,})|(?P<before>.{3,})(?:numero|number|num|no|nr)"
)
KINDS = {
    "seqinblk": "ralloc",
    "blockid": "blockrand",
    "assignment": "NCI",
    "position": "Velum",
    "redcaprandomizationgroup": "REDCap",
    "blockinstrata": "randolist",
    "blockidentifier": "Sealed Envelope",
    "sequencewithinblock": "Sealed Envelope",
}
"""The heading that gives a file's program away."""


def bare(heading: str) -> str:
    """A heading in small letters without accents, and with letters and digits alone."""
    plain = unicodedata.normalize("NFKD", heading.replace("°", "o")).casefold()
    return re.sub(r"[^a-z0-9]", "", plain)


def role_meant(word: str) -> str:
    """The role that somebody names by this word; empty where it names none."""
    return next((role for role in ROLES if bare(word) in {bare(role), *map(bare, SPOKEN[role])}), "")


def role_of(heading: str) -> str:
    """What a column so headed is for; empty where nobody knows."""
    name = bare(heading)
    if PASSED_OVER.fullmatch(name):
        return "passed"
    return _ROLE_OF.get(name) or _role_of_a_number(name)


def _role_of_a_number(name: str) -> str:
    """What `Bloc n°` or `Numéro du centre` is for: the same as `Bloc` and `Centre`.

    Not so for arms: the number of a treatment is that of a kit.
    """
    found = NUMBERED.fullmatch(name)
    role = _ROLE_OF.get(found["after"] or found["before"], "") if found else ""
    return role if role in ("stratum", "block", "site", "sequence") else ""


def kind_of(headings: list[str]) -> str:
    """The program that wrote these headings; empty where none gives it away."""
    names = {bare(heading) for heading in headings}
    return next((kind for name, kind in KINDS.items() if name in names), "")
