"""Opens a USDM file: JSON without traps, of a version that is read here, with the design that is drafted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trial.core.usdm.tree import Node, NotUsdm

READ = 4
"""The major version of USDM that is read."""
_VERSION = re.compile(r"v?([0-9]{1,3})(?:\.[0-9A-Za-z.+-]*)?\Z")


@dataclass(frozen=True)
class Study:
    """The parts of a document that a draft is made of: one version of the study, one of its designs."""

    root: Node
    version: Node
    design: Node
    usdm: str
    versions: tuple[Node, ...]
    designs: tuple[Node, ...]

    @property
    def interventions(self) -> list[Node]:
        """What the design gives: those it names, or all where it names none."""
        named = set(self.design.texts("studyInterventionIds"))
        given = self.version.nodes("studyInterventions")
        return [row for row in given if not named or row.text("id") in named]


def parse_json(content: bytes) -> Mapping[str, Any]:
    """The document that a file holds. Raises NotUsdm for what is no JSON object in UTF-8."""
    try:
        text = content.decode("utf-8-sig")
        document = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except NotUsdm:
        raise
    except UnicodeDecodeError:
        raise NotUsdm("the file is not UTF-8 text, as JSON has to be.") from None
    except json.JSONDecodeError as error:
        raise NotUsdm(
            f"this is not JSON, or a part of it is missing: line {error.lineno}, {error.msg}."
        ) from None
    except RecursionError:
        raise NotUsdm("this JSON is nested too deep for a study definition.") from None
    except ValueError as error:
        raise NotUsdm(f"this JSON holds a number that cannot be read: {error}.") from None
    if not isinstance(document, dict):
        raise NotUsdm("this is not a USDM study definition: the file holds no JSON object.")
    return document


def open_study(document: Mapping[str, Any]) -> Study:
    """The study that a document defines. Raises NotUsdm, for another version of USDM by its name."""
    root = Node(document)
    usdm = str(document.get("usdmVersion") or "")
    _refuse_other_version(root, usdm)
    study = root.node("study")
    versions = study.nodes("versions")
    designs = versions[0].nodes("studyDesigns") if versions else []
    if not designs or not designs[0]:
        raise NotUsdm("this is not a USDM 4.0 study definition: it has no study.versions[0].studyDesigns[0].")
    _refuse_shape_of_3(versions[0], designs[0], usdm)
    return Study(root, versions[0], designs[0], usdm, tuple(versions), tuple(designs))


def _refuse_other_version(root: Node, usdm: str) -> None:
    match = _VERSION.match(usdm.strip())
    if usdm and not match:
        raise NotUsdm(f"its usdmVersion is “{usdm}”, which is no version of USDM; 4.0 is read here.")
    if match and int(match.group(1)) != READ:
        _refuse(usdm.strip(), "an older" if int(match.group(1)) < READ else "a newer")
    study = root.value.get("study")
    keys = set(study) if isinstance(study, dict) else set()
    if "clinicalStudy" in root.value:
        _refuse("1", "an older")
    if keys & {"studyDesigns", "studyProtocolVersions", "studyTitle", "studyVersions"}:
        _refuse("2 or 1", "an older")


def _refuse_shape_of_3(version: Node, design: Node, usdm: str) -> None:
    """USDM 3 has interventions within the design, and criteria within its population."""
    identifiers = [row for row in version.nodes("studyIdentifiers") if "studyIdentifier" in row.value]
    criteria = "criteria" in design.node("population").value
    if identifiers or criteria or "studyInterventions" in design.value:
        _refuse("3" if not usdm else f"3, although it calls itself {usdm}", "an older")


def _refuse(usdm: str, age: str) -> None:
    raise NotUsdm(
        f"this is USDM {usdm}, {age} version; USDM 4.0 is read here. Have the study definition written as "
        "4.0 and import that."
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for index, (key, _) in enumerate(pairs) if key in dict(pairs[:index]))
        raise NotUsdm(f"an object of the file has the key “{twice}” twice; which one holds cannot be told.")
    return found


def _no_constant(name: str) -> None:
    raise NotUsdm(f"the file holds {name}, which is no number of JSON.")
