"""The parameters of a canned query, as its header declares them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cascq.header import Header, Text, unknown_key
from cascq.namespaces import expand

TYPES = ("iri", "concept", "date", "integer", "decimal", "string", "language")
# What limits the values of a parameter, and the type it goes with.
_OWNERS = {"class": "iri", "subclass_of": "iri", "values": "iri", "scheme": "concept"}
_PARAMETER_KEYS = {
    "name", "variable", "type", "class", "subclass_of", "values", "scheme", "required", "default", "label",
    "differs_from",
}  # fmt: skip
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True)
class Parameter:
    """What a query can be asked with.

    Attributes:
        name: as --param has it; the SPARQL variable too, without its question mark, unless `variable` is another:
            where a column has the name.
        type: one of `TYPES`.
        label: zh and en.
        required: it must be given.
        default: its value if it is not given, in the notation of --param; None leaves it open.
        classes: for an iri, the IRIs of the classes of one of which it must be an instance; none for anything.
        subclass_of: for an iri that is a class, the classes of which it must be one, or a sub-class.
        values: for an iri, the only ones there are.
        scheme: for a concept, the IRI of its concept scheme.
        differs_from: the name of a parameter before it that must have another value.
    """

    name: str
    type: str
    label: Text
    required: bool = False
    default: str | None = None
    classes: tuple[str, ...] = ()
    subclass_of: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    scheme: str | None = None
    variable: str = ""
    differs_from: str | None = None

    def __post_init__(self) -> None:
        """Let the variable be named as the parameter, if nothing else is said."""
        object.__setattr__(self, "variable", self.variable or self.name)

    def to_dict(self, lang: str) -> dict[str, Any]:
        """Return what `cascq query --list --json` prints of it; "classes" where "class" would be several."""
        lists = {"subclass_of": self.subclass_of, "values": self.values}
        if len(self.classes) > 1:
            lists["classes"] = self.classes
        return {
            "name": self.name,
            "type": self.type,
            "label": self.label[lang],
            "required": self.required,
            "default": self.default,
            **({"class": self.classes[0]} if len(self.classes) == 1 else {}),
            **{key: list(iris) for key, iris in lists.items() if iris},
            **({"scheme": self.scheme} if self.scheme else {}),
        }


def read_parameters(header: Header) -> tuple[Parameter, ...]:
    """Read the parameters of a query's header.

    Raises:
        CascqError: with file and line, what is wrong with one of them.
    """
    declared = header.values.get("parameters") or []
    if not isinstance(declared, list):
        raise header.error("'parameters' must be a list", "“parameters”必须是列表", near="parameters")
    parameters: list[Parameter] = []
    for value in declared:
        parameters.append(_parameter(header, value, [parameter.name for parameter in parameters]))
    return tuple(parameters)


def _parameter(header: Header, value: Any, before: Sequence[str]) -> Parameter:
    """Read one parameter of a header; `before` are the names of those before it."""
    name = value.get("name") if isinstance(value, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise header.error(
            "a parameter needs a 'name' that can be a variable", "参数需要可作变量名的“name”", near="parameters"
        )
    for key in value:
        if key not in _PARAMETER_KEYS:
            raise header.error(*unknown_key(key, _PARAMETER_KEYS, f" ({name})"), near=key)
    if name in before:
        raise header.error(f"parameter '{name}' is declared twice", f"参数“{name}”重复声明", near=name)
    kind = value.get("type")
    if kind not in TYPES:
        raise header.error(
            f"parameter '{name}' has type '{kind}'; known: {', '.join(TYPES)}",
            f"参数“{name}”的类型“{kind}”未知；可用：{', '.join(TYPES)}",
            near=name,
        )
    iris = {key: _iris(header, value, name, key, kind) for key in _OWNERS}
    variable = value.get("variable", name)
    if not isinstance(variable, str) or not _NAME.fullmatch(variable):
        raise header.error(f"'variable' of '{name}' cannot be one", f"“{name}”的 variable 不能作变量名", near=name)
    if kind == "concept" and "scheme" not in value:
        raise header.error(f"concept parameter '{name}' needs its 'scheme'", f"概念参数“{name}”需要 scheme", near=name)
    required, default = _required_or_default(header, value, name)
    other = value.get("differs_from")
    if other is not None and other not in before:
        raise header.error(
            f"'differs_from' of '{name}' is no parameter before it: {other}",
            f"“{name}”的 differs_from 不是在它之前的参数：{other}",
            near=name,
        )
    return Parameter(
        name=name,
        type=kind,
        label=header.text(value.get("label"), f"label of {name}", near=name),
        required=required,
        default=default,
        classes=iris["class"],
        subclass_of=iris["subclass_of"],
        values=iris["values"],
        scheme=iris["scheme"][0] if iris["scheme"] else None,
        variable=variable,
        differs_from=other,
    )


def _required_or_default(header: Header, value: Mapping[str, Any], name: str) -> tuple[bool, str | None]:
    """Return whether a parameter must be given, and its value if it is not."""
    if (required := value.get("required", "false")) not in {"true", "false"}:
        raise header.error(
            f"'required' of '{name}' must be true or false", f"“{name}”的 required 应为 true 或 false", near=name
        )
    default = value.get("default")
    if default is not None and not isinstance(default, str):
        raise header.error(f"'default' of '{name}' must be one value", f"“{name}”的 default 应为单个值", near=name)
    default = None if default in {"", "null", "~"} else default
    if default is not None and required == "true":
        raise header.error(
            f"'{name}' is required, so it can have no default", f"“{name}”为必填，不能有默认值", near=name
        )
    return required == "true", default


def _iris(header: Header, value: Mapping[str, Any], name: str, key: str, kind: str) -> tuple[str, ...]:
    """Return the IRIs under a key of a parameter: one or a list (one only for a scheme); none if it is not there."""
    if key not in value:
        return ()
    if kind != _OWNERS[key]:
        raise header.error(
            f"'{key}' of '{name}' goes with type {_OWNERS[key]} only",
            f"“{name}”的 {key} 只用于 {_OWNERS[key]} 类型",
            near=name,
        )
    listed = value[key] if isinstance(value[key], list) and key != "scheme" else [value[key]]
    iris = [expand(str(item)) for item in listed]
    for item, iri in zip(listed, iris, strict=True):
        if iri is None:
            raise header.error(
                f"'{key}' of '{name}' is neither an IRI nor a known CURIE: {item}",
                f"“{name}”的 {key} 不是 IRI 或已知前缀的 CURIE：{item}",
                near=name,
            )
    return tuple(iri for iri in iris if iri)
