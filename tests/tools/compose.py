"""Validates docker-compose.yml and Dockerfile as far as that goes without a container engine.

What is checked is what would betray an arm or a key, or fail at the first start: doors, commands,
secrets, networks, users, health. Each rule returns one sentence for each fault that it finds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from tests.lanes import TESTS

ROOT = TESTS.parent
Shape = Mapping[str, Any]

DOORS = {
    "clinic": "clinic",
    "worker": "clinic",
    "beat": "clinic",
    "pharmacy": "pharmacy",
    "pharmacy-tick": "pharmacy",
    "readiness": "pharmacy",
    "migrate": "pharmacy",
}
SERVICES = {*DOORS, "postgres", "redis"}
PACKAGES = ("trial", "randomization", "dosing")
IMAGE_VARIABLES = {"POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD_FILE"}
READS = re.compile(r"(?:env(?:\.\w+)?|secret|whole|yes_or_no)\(\s*\"([A-Z][A-Z_]+)\"")
PRIVATE_KEY, SIGNING = "pharmacy_private_key", "list-signing"


def read(file: Path = ROOT / "docker-compose.yml") -> Shape:
    """The file with its anchors resolved, as an engine would see it."""
    return dict(yaml.safe_load(file.read_text()))


def services(shape: Shape) -> dict[str, Shape]:
    """Every service by name."""
    return dict(shape["services"])


def names(entries: list[Any]) -> set[str]:
    """What a service mounts, in the short or the long form."""
    return {entry if isinstance(entry, str) else entry["source"] for entry in entries}


def secrets_of(service: Shape) -> set[str]:
    """The secrets that a service can read."""
    return names(service.get("secrets", []))


def variables_read() -> set[str]:
    """Every variable that the settings or a management command read, and its _FILE form for a secret."""
    settings = [ROOT / "trial" / name for name in ("settings.py", "installation.py")]
    commands = (ROOT.glob(f"{package}/**/management/commands/*.py") for package in PACKAGES)
    files = [*settings, *chain.from_iterable(commands)]
    read_ = {name for file in files for name in READS.findall(file.read_text())}
    return read_ | {f"{name}_FILE" for name in read_} | IMAGE_VARIABLES


def all_there(shape: Shape) -> Iterator[str]:
    if missing := SERVICES ^ set(services(shape)):
        yield f"The services are not the expected ones: {', '.join(sorted(missing))}."


def doors_are_right(shape: Shape) -> Iterator[str]:
    for name, door in DOORS.items():
        has = services(shape)[name]["environment"].get("VELUM_DOOR")
        if has != door:
            yield f"{name} stands behind the door {has!r}; it belongs behind {door!r}."


def nobody_is_root(shape: Shape) -> Iterator[str]:
    for name, service in services(shape).items():
        if str(service.get("user", "root")).split(":")[0] in {"root", "0"}:
            yield f"{name} runs as root."


def nobody_can_write_or_rise(shape: Shape) -> Iterator[str]:
    wanted = {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}
    for name, service in services(shape).items():
        for key, value in wanted.items():
            if service.get(key) != value:
                yield f"{name} lacks {key}: {value}."


def nobody_dumps_its_memory(shape: Shape) -> Iterator[str]:
    for name, service in services(shape).items():
        if service.get("ulimits", {}).get("core") != 0:
            yield f"{name} could write a core, with its secrets in it; it lacks ulimits: {{core: 0}}."


def health_is_asked(shape: Shape) -> Iterator[str]:
    for name, service in services(shape).items():
        if "healthcheck" not in service and service.get("restart") != "no":
            yield f"{name} runs for ever and has no health check."


def secrets_are_files(shape: Shape) -> Iterator[str]:
    for kind in ("secrets", "configs"):
        for name, declared in shape[kind].items():
            if set(declared) != {"file"} or not declared["file"].startswith("./secrets/"):
                yield f"The {kind[:-1]} {name} is not a file below secrets/."
        for user, service in services(shape).items():
            for name in sorted(names(service.get(kind, [])) - set(shape[kind])):
                yield f"{user} uses {name}, which is not declared."


def no_secret_stands_in_the_open(shape: Shape) -> Iterator[str]:
    for name, service in services(shape).items():
        for variable, value in service.get("environment", {}).items():
            telling = re.search(r"SECRET|PASSWORD", variable) and not variable.endswith("_FILE")
            if telling or re.search(r"://[^/@]*:[^/@]*@", str(value)):
                yield f"{name} holds a secret in {variable}; give it as a file."


def secret_files_are_mounted(shape: Shape) -> Iterator[str]:
    for name, service in services(shape).items():
        for variable, value in service.get("environment", {}).items():
            if variable.endswith("_FILE") and value.removeprefix("/run/secrets/") not in secrets_of(service):
                yield f"{name} is told to read {value} ({variable}), which is not mounted."
        for secret in sorted(set(re.findall(r"/run/secrets/(\w+)", words(service))) - secrets_of(service)):
            yield f"{name} is told to read the secret {secret}, which is not mounted."


def only_the_pharmacy_holds_its_key(shape: Shape) -> Iterator[str]:
    holders = {name for name, service in services(shape).items() if PRIVATE_KEY in secrets_of(service)}
    if holders != {"pharmacy"}:
        yield f"The pharmacy's private key is mounted in: {', '.join(sorted(holders)) or 'no service'}."


def web_doors_know_the_signers(shape: Shape) -> Iterator[str]:
    """Older keys stand in the same file below the present one, so that this one mount brings them all."""
    for name in ("clinic", "pharmacy"):
        service = services(shape)[name]
        wanted = f"{service['environment'].get('VELUM_KEYS')}/{SIGNING}.pub"
        targets = {entry["target"]: shape["configs"][entry["source"]]["file"] for entry in service["configs"]}
        if targets.get(wanted) != f"./secrets/{SIGNING}.pub":
            yield f"{name} has no {wanted}, and so cannot know who signed a list."


def secrets_of_one_door_stay_there(shape: Shape) -> Iterator[str]:
    for name in ("clinic", "worker", "beat"):
        for secret in sorted(secrets_of(services(shape)[name])):
            if secret.startswith(("pharmacy", "owner")):
                yield f"{name} can read {secret}."


def doors_share_no_network(shape: Shape) -> Iterator[str]:
    pharmacy = set(services(shape)["pharmacy"]["networks"])
    for name in ("clinic", "worker", "beat", "redis"):
        if shared := pharmacy & set(services(shape)[name]["networks"]):
            yield f"{name} can reach the pharmacy over {', '.join(sorted(shared))}."


def networks_are_declared(shape: Shape) -> Iterator[str]:
    for name, service in services(shape).items():
        for network in sorted(set(service.get("networks", [])) - set(shape["networks"])):
            yield f"{name} uses the network {network}, which is not declared."


def doors_wait_for_their_tables(shape: Shape) -> Iterator[str]:
    wanted = {"migrate": "service_completed_successfully", "postgres": "service_healthy"}
    for name in sorted(set(DOORS) - {"migrate"}):
        waits = services(shape)[name].get("depends_on", {})
        for other, condition in wanted.items():
            if waits.get(other, {}).get("condition") != condition:
                yield f"{name} does not wait until {other} is {condition}."


def variables_are_known(shape: Shape) -> Iterator[str]:
    known = variables_read()
    for name, service in services(shape).items():
        for variable in sorted(set(service.get("environment", {})) - known):
            yield f"{name} sets {variable}, which neither the settings nor a command reads."


def words(service: Shape) -> str:
    """The command of a service as one text."""
    return " ".join(service.get("command", []))


def commands_exist(shape: Shape) -> Iterator[str]:
    for name in DOORS:
        for module in re.findall(r"gunicorn ([\w.]+)|celery -A ([\w.]+)", words(services(shape)[name])):
            wanted = module[0] or f"{module[1]}.celery"
            if not (ROOT / f"{wanted.replace('.', '/')}.py").exists():
                yield f"{name} starts {wanted}, which does not exist."
        for command in re.findall(r"manage\.py (\w+)", words(services(shape)[name])):
            if not has_command(command):
                yield f"{name} runs manage.py {command}, which does not exist."


def has_command(name: str) -> bool:
    """Whether Django or one of the applications has this management command."""
    import django.core.management

    django_has = Path(django.core.management.__file__).parent / "commands" / f"{name}.py"
    return django_has.exists() or any(ROOT.glob(f"*/**/management/commands/{name}.py"))


RULES: tuple[Callable[[Shape], Iterator[str]], ...] = (
    all_there,
    doors_are_right,
    nobody_is_root,
    nobody_can_write_or_rise,
    nobody_dumps_its_memory,
    health_is_asked,
    secrets_are_files,
    no_secret_stands_in_the_open,
    secret_files_are_mounted,
    only_the_pharmacy_holds_its_key,
    web_doors_know_the_signers,
    secrets_of_one_door_stay_there,
    doors_share_no_network,
    networks_are_declared,
    doors_wait_for_their_tables,
    variables_are_known,
    commands_exist,
)


def broken_rules(shape: Shape) -> dict[str, list[str]]:
    """What each rule has against this shape; rules that are content are left out."""
    if missing := list(all_there(shape)):
        return {"all_there": missing}
    found = {rule.__name__: list(rule(shape)) for rule in RULES}
    return {name: sentences for name, sentences in found.items() if sentences}


def image_faults(text: str) -> Iterator[str]:
    """What is wrong with the recipe of the image."""
    lines = [line.split() for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    users = [line[1] for line in lines if line[0] == "USER"]
    if not users or users[-1].split(":")[0] in {"root", "0"}:
        yield "The image runs as root."
    for line in lines:
        if line[0] == "FROM" and ":" not in line[1]:
            yield f"The base image {line[1]} has no version."
        if line[0] in {"ARG", "ENV"} and re.search(r"SECRET|PASSWORD|PRIVATE", " ".join(line)):
            yield f"The image would keep a secret: {line[1]}."
        if line[0] == "COPY" and not line[1].startswith("--from"):
            yield from (
                f"The image copies {name}, which does not exist."
                for name in line[1:-1]
                if not (ROOT / name).exists()
            )


def faults() -> str:
    """Everything that is wrong with the containers, one sentence a line."""
    of_shape = (sentence for found in broken_rules(read()).values() for sentence in found)
    return "\n".join([*of_shape, *image_faults((ROOT / "Dockerfile").read_text())])
