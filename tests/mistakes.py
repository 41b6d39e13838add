"""The mistakes of tests/test_mistakes.py: what is written, what is put in its place, and what is to be found."""

from __future__ import annotations

from dataclasses import dataclass

COOPERATION = "cas-chongqing-report/1-cooperation.trig"
PLATFORMS = "cas-chongqing-report/2-platforms.trig"
TECHNOLOGY = "cas-chongqing-report/3-technology.trig"
PASSAGES = "sources/cas-chongqing-report.trig"
IDENTIFIERS, NAMES, NOTES = "curated/identifiers.trig", "curated/names.trig", "curated/notes.trig"
PLACES, STRUCTURE, TIME = "curated/places.trig", "curated/structure.trig", "curated/time-bound.trig"
HASH = "523411bce3de0dd0202901c073640261edfa20fd834ef14e4614a3ac2aca7a76"


@dataclass(frozen=True)
class Mistake:
    """A mistake and what is to be found.

    Attributes:
        file: where it is made.
        right: what is written there (its first occurrence counts).
        wrong: what is put in its place.
        at: what the caret marks: the first occurrence of this text from the mistake on, or from `after` on.
        found: source of each finding there.
        also: what the mistake makes wrong elsewhere: source and marked text.
        others: further places that the finding names, by their marked texts.
        after: a text of the file from which on to look for `at`, if the fault is not where the mistake was made.
    """

    file: str
    right: str
    wrong: str
    at: str
    found: tuple[str, ...]
    also: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()
    after: str = ""


MISTAKES = {
    "misspelt property": Mistake(
        COOPERATION,
        "cascq:place id:beijing",
        "cascq:plase id:beijing",
        "cascq:plase",
        ("csh:AgreementSigning", "undeclared-property"),
    ),
    "property under a wrong prefix": Mistake(
        COOPERATION,
        "cascq:place id:beijing",
        "id:place id:beijing",
        "id:place",
        ("csh:AgreementSigning", "undeclared-property"),
    ),
    "misspelt class": Mistake(
        TECHNOLOGY,
        "id:sponge-city-platform a cascq:Product",
        "id:sponge-city-platform a cascq:Prodct",
        "cascq:Prodct",
        ("undeclared-class",),
        also=(
            ("csh:Project-output", "id:sponge-city-platform"),
            ("csh:TechnologyDevelopment-develops", "id:sponge-city-platform"),
        ),
    ),
    "reference to something undescribed": Mistake(
        PLATFORMS,
        "cascq:host id:cigit",
        "cascq:host id:cigitt",
        "id:cigitt",
        ("csh:Organization-host", "undescribed-reference"),
    ),
    "reference to the wrong kind of thing": Mistake(
        PLATFORMS, "cascq:host id:cigit", "cascq:host id:chongqing", "id:chongqing", ("csh:Organization-host",)
    ),
    "text where a node belongs": Mistake(
        COOPERATION, "cascq:place id:beijing", 'cascq:place "北京"@zh', '"北京"@zh', ("csh:Event-place",) * 2
    ),
    "a day that does not exist": Mistake(
        COOPERATION,
        '"2016-04-21"^^xsd:date',
        '"2016-04-31"^^xsd:date',
        '"2016-04-31"^^xsd:date',
        ("csh:Dates-date", "literals"),
    ),
    "a thirteenth month": Mistake(
        COOPERATION,
        '"2018-04"^^xsd:gYearMonth',
        '"2016-13"^^xsd:gYearMonth',
        '"2016-13"^^xsd:gYearMonth',
        ("csh:Dates-date", "literals"),
        also=(("named-statement-missing", '"2018-04"^^xsd:gYearMonth'),),
    ),
    "date without datatype": Mistake(
        COOPERATION, '"2020-12-15"^^xsd:date', '"2020-12-15"', '"2020-12-15"', ("csh:Dates-date",)
    ),
    "wrong datatype": Mistake(
        COOPERATION,
        '"2020-12-15"^^xsd:date',
        '"2020-12-15"^^xsd:dateTime',
        '"2020-12-15"^^xsd:dateTime',
        ("csh:Dates-date", "literals"),
    ),
    "mistyped year": Mistake(
        COOPERATION,
        '"2020-12-15"^^xsd:date',
        '"2002-12-15"^^xsd:date',
        '"2002-12-15"^^xsd:date',
        ("date-outside-period",),
        others=('"2016"^^xsd:gYear',),
    ),
    "two dates": Mistake(
        COOPERATION,
        '"2016-04-21"^^xsd:date',
        '"2016-04-21"^^xsd:date , "2016-04-22"^^xsd:date',
        '"2016-04-21"^^xsd:date',
        ("two-values-in-document",),
        others=('"2016-04-22"^^xsd:date',),
    ),
    "two precisions": Mistake(
        COOPERATION,
        '"2020-12-15"^^xsd:date',
        '"2020-12-15"^^xsd:date , "2020-12"^^xsd:gYearMonth',
        '"2020-12"^^xsd:gYearMonth',
        ("mixed-precision",),
        others=('"2020-12-15"^^xsd:date',),
    ),
    "missing value": Mistake(
        COOPERATION,
        "id:signing-2016-04-21 a cascq:AgreementSigning ;\n        cascq:signs id:agreement-2016-04-21 ;",
        "id:signing-2016-04-21 a cascq:AgreementSigning ;",
        "id:signing-2016-04-21",
        ("csh:AgreementSigning-signs",),
        also=(("agreement-unsigned", "id:agreement-2016-04-21"),),
    ),
    "statement outside of every graph": Mistake(
        COOPERATION,
        "# --- 1.1 Strategic cooperation ---",
        "id:cas cascq:locatedIn id:beijing .",
        "id:beijing",
        ("default-graph-data",),
    ),
    "statement outside of every graph that a graph holds as well": Mistake(
        COOPERATION,
        "# --- 1.1 Strategic cooperation ---",
        "id:beijing a cascq:AdministrativeArea .",
        "cascq:AdministrativeArea",
        ("default-graph-data",),
    ),
    "statement in the wrong graph": Mistake(
        NOTES,
        "curated:notes {\n",
        'curated:notes {\nid:chongqing rdfs:label "渝都"@zh .\n',
        '"渝都"@zh',
        ("printed-name-in-curated-graph",),
    ),
    "graph that is no passage on record": Mistake(
        COOPERATION,
        "report:1.1-0 {",
        "report:1.1-9 {",
        "report:1.1-9",
        ("passage-graph-undescribed",),
        also=(("passage-graph-missing", "report:1.1-0"), ("named-statement-missing", "cascq:aboutProperty")),
    ),
    "translation in a passage": Mistake(
        COOPERATION,
        'rdfs:label "北京"@zh',
        'rdfs:label "北京"@zh , "Beijing"@en',
        '"Beijing"@en',
        ("passage-language",),
    ),
    "sentence as a name": Mistake(
        COOPERATION,
        'rdfs:label "新一轮战略合作协议"@zh',
        'rdfs:label "签署新一轮战略合作协议。"@zh',
        '"签署新一轮战略合作协议。"@zh',
        ("sentence-as-name",),
    ),
    "clause as a name": Mistake(
        COOPERATION,
        'rdfs:label "新一轮战略合作协议"@zh',
        'rdfs:label "2020年12月15日，双方在北京签署新一轮战略合作协议"@zh',
        '"2020年12月15日，双方在北京签署新一轮战略合作协议"@zh',
        ("clause-as-name",),
    ),
    "capital letter in an IRI": Mistake(
        COOPERATION,
        "id:beijing a cascq:AdministrativeArea",
        "id:Beijing a cascq:AdministrativeArea",
        "id:Beijing",
        (
            "csh:AdministrativeArea-placeKind-recommended",
            "csh:AdministrativeArea-within",
            "csh:NamedEntity-prefLabel-en",
            "csh:NamedEntity-prefLabel-zh",
            "id-slug",
        ),
    ),
    "figure that is not as printed": Mistake(
        COOPERATION, '"两次"@zh', '"三次"@zh', "2", ("figure-as-printed",), others=('"三次"@zh',), after="cascq:value "
    ),
    "hedge left out of the qualifier": Mistake(
        TECHNOLOGY,
        'cascq:qualifier voc:about ;\n        cascq:unit voc:enterprise ;\n        cascq:asPrinted "近 500 余家"@zh',
        'cascq:qualifier voc:exact ;\n        cascq:unit voc:enterprise ;\n        cascq:asPrinted "近 500 余家"@zh',
        "voc:exact",
        ("hedge-as-printed",),
        others=('"近 500 余家"@zh',),
    ),
    "hedge that says less": Mistake(
        TECHNOLOGY,
        "cascq:qualifier voc:more-than",
        "cascq:qualifier voc:at-least",
        "voc:at-least",
        ("hedge-as-printed",),
        others=('"10 余家"@zh',),
    ),
    "unit of another measure": Mistake(
        TECHNOLOGY,
        "cascq:qualifier voc:more-than ;\n        cascq:unit voc:enterprise",
        "cascq:qualifier voc:more-than ;\n        cascq:unit voc:square-metre",
        "voc:square-metre",
        ("unit-of-measure",),
        others=("voc:companies-incubated",),
    ),
    "second mayor": Mistake(
        COOPERATION,
        "cascq:post id:president-of-cas",
        "cascq:post id:mayor-of-chongqing",
        "id:mayor-of-chongqing",
        ("post-held-by-two",),
        others=("id:mayor-of-chongqing", "id:signing-2020-12-15"),
        after="id:tang-liangzhi-mayor a",
    ),
    "post held twice": Mistake(
        COOPERATION,
        "    id:tang-liangzhi-mayor a cascq:PostHolding ;",
        "    id:the-mayor-then a cascq:PostHolding ;\n        cascq:holder id:tang-liangzhi ;\n"
        "        cascq:post id:mayor-of-chongqing ;\n        cascq:heldAt id:signing-2020-12-15 .\n\n"
        "    id:tang-liangzhi-mayor a cascq:PostHolding ;",
        "id:tang-liangzhi",
        ("post-held-twice",),
        also=(
            ("csh:NamedEntity-prefLabel-en", "id:the-mayor-then"),
            ("csh:NamedEntity-prefLabel-zh", "id:the-mayor-then"),
        ),
        others=("id:tang-liangzhi", "id:signing-2020-12-15"),
    ),
    "district within a park": Mistake(
        PLACES,
        "id:hechuan a cascq:AdministrativeArea ; cascq:placeKind voc:district ; cascq:within id:chongqing .",
        "id:hechuan a cascq:AdministrativeArea ; cascq:placeKind voc:district ; cascq:within id:graphene-park .",
        "id:graphene-park",
        ("within-reversed",),
    ),
    "province within its city": Mistake(
        PLACES,
        "id:sichuan a cascq:AdministrativeArea ; cascq:placeKind voc:province-level ; cascq:within id:china .",
        "id:sichuan a cascq:AdministrativeArea ; cascq:placeKind voc:province-level ; cascq:within id:liuzhou .",
        "id:liuzhou",
        ("within-reversed",),
    ),
    "number as text": Mistake(PLATFORMS, "cascq:value 5 ;", 'cascq:value "5" ;', '"5"', ("csh:StatedFigure-value",)),
    "leading zero": Mistake(PLATFORMS, "cascq:value 5 ;", "cascq:value 05 ;", "05", ("literals",)),
    "member left out of a closed list": Mistake(
        PLATFORMS,
        "id:imaging-centre , id:3d-printing-centre ;\n        cascq:completeness",
        "id:imaging-centre ;\n        cascq:completeness",
        "id:provincial-platforms",
        ("closed-list-count",),
        others=("5",),
        after="    id:provincial-platforms a cascq:Listing",
    ),
    "concept of another scheme": Mistake(
        PLATFORMS,
        "cascq:platformKind voc:key-laboratory",
        "cascq:platformKind voc:closed-list",
        "voc:closed-list",
        ("csh:ResearchPlatform-platformKind",),
    ),
    "misspelt concept": Mistake(
        PLATFORMS,
        "cascq:platformKind voc:key-laboratory",
        "cascq:platformKind voc:key-labratory",
        "voc:key-labratory",
        ("csh:ResearchPlatform-platformKind", "undescribed-reference"),
    ),
    "planned and reached": Mistake(
        PLATFORMS,
        "cascq:status voc:completed .",
        "cascq:status voc:completed , voc:planned .",
        "voc:completed",
        ("two-statuses-in-passage",),
        others=("voc:planned",),
    ),
    "end behind the document's end": Mistake(
        PASSAGES, "oa:end 2624", "oa:end 2924", "2924", ("passage-outside-document",)
    ),
    "start behind the end": Mistake(
        PASSAGES,
        "oa:start 32 ; oa:end 58",
        "oa:start 32 ; oa:end 23",
        "32",
        ("csh:TextPositionSelector-start",),
    ),
    "overlapping passages": Mistake(
        PASSAGES,
        "oa:start 32 ; oa:end 58",
        "oa:start 32 ; oa:end 68",
        "report:0-3",
        ("passages-overlap",),
        others=("report:0-2",),
    ),
    "hash with a letter that is no digit": Mistake(
        PASSAGES, HASH, HASH[:-1] + "g", f'"{HASH[:-1]}g"', ("csh:Passage-sha256",), after='"' + HASH[:8]
    ),
    "label without language": Mistake(
        NAMES,
        '"Chinese Academy of Sciences"@en',
        '"Chinese Academy of Sciences"',
        '"Chinese Academy of Sciences"',
        ("csh:NamedEntity-prefLabel",),
        also=(("csh:NamedEntity-prefLabel-en", "skos:prefLabel"),),
    ),
    "language tag with a country": Mistake(NAMES, '"中科院"@zh', '"中科院"@zh-CN', '"中科院"@zh-CN', ("literals",)),
    "wrong language tag": Mistake(NAMES, '"渝"@zh', '"渝"@cn', '"渝"@cn', ("csh:NamedEntity-altLabel", "literals")),
    "second preferred label": Mistake(
        NAMES,
        'id:ucas skos:prefLabel "中国科学院大学"@zh',
        'id:ucas skos:prefLabel "中国科学院大学"@zh , "国科学大"@zh',
        "skos:prefLabel",
        ("csh:NamedEntity-prefLabel",),
    ),
    "languages of a summary exchanged": Mistake(
        PASSAGES,
        '"院市双方多次签过全面合作协议"@zh , "The Academy and the municipal government have signed several rounds of '
        'comprehensive agreements"@en',
        '"Several rounds of agreements"@zh , "院市双方多次签过全面合作协议"@en',
        '"Several rounds of agreements"@zh',
        ("chinese-text-without-chinese",),
    ),
    "English tagged as Chinese": Mistake(
        NAMES,
        'id:ucas skos:prefLabel "中国科学院大学"@zh',
        'id:ucas skos:prefLabel "University of CAS"@zh',
        '"University of CAS"@zh',
        ("chinese-text-without-chinese",),
    ),
    "full-width letters": Mistake(NAMES, '"CIGIT"@en', '"ＣＩＧＩＴ"@en', '"ＣＩＧＩＴ"@en', ("full-width-letters",)),
    "missing label": Mistake(
        NAMES,
        'id:cloudwalk skos:prefLabel "云从科技集团股份有限公司"@zh , ',
        "id:cloudwalk skos:prefLabel ",
        "skos:prefLabel",
        ("csh:NamedEntity-prefLabel-zh",),
    ),
    "blank at the end": Mistake(
        NAMES, '"Chongqing"@en', '"Chongqing "@en', '"Chongqing "@en', ("csh:NamedEntity-prefLabel",)
    ),
    "two blanks": Mistake(
        NAMES,
        '"Chinese Academy of Sciences"@en',
        '"Chinese  Academy of Sciences"@en',
        '"Chinese  Academy of Sciences"@en',
        ("stray-characters",),
    ),
    "invisible character": Mistake(
        NAMES, '"中科院"@zh', '"中\u200b科院"@zh', '"中\u200b科院"@zh', ("stray-characters",)
    ),
    "alias of another body": Mistake(
        NAMES, '"国科大"@zh', '"中科院"@zh', '"中科院"@zh', ("alias-of-two",), others=('"中科院"@zh',)
    ),
    "Chinese tagged as English": Mistake(
        NAMES, '"CIGIT"@en', '"重庆研究院"@en', '"重庆研究院"@en', ("english-name-with-chinese",)
    ),
    "circle in places": Mistake(
        PLACES,
        "cascq:placeKind voc:country .",
        "cascq:placeKind voc:country ; cascq:within id:sichuan .",
        "id:sichuan",
        ("hierarchy-cycle", "within-reversed"),
        also=(("hierarchy-cycle", "id:china"),),
    ),
    "blank node": Mistake(
        PLACES,
        "id:cigit cascq:locatedIn id:chongqing",
        "id:cigit cascq:locatedIn [ a cascq:Region ]",
        "cascq:locatedIn",
        ("blank-node",),
        also=(
            ("csh:Location-locatedIn", "["),
            ("csh:NamedEntity-prefLabel-en", "["),
            ("csh:NamedEntity-prefLabel-zh", "["),
        ),
    ),
    "latitude and longitude exchanged": Mistake(
        PLACES,
        "cascq:latitude 29.562849 ; cascq:longitude 106.551643",
        "cascq:latitude 106.551643 ; cascq:longitude 29.562849",
        "106.551643",
        ("csh:Place-latitude",),
    ),
    "derived property typed in": Mistake(
        PLACES,
        "id:cigit cascq:locatedIn id:chongqing",
        "id:cigit cascq:cooperatesWith id:cas",
        "id:cas",
        ("derived-term-typed-in",),
    ),
    "wrong order of validity": Mistake(
        TIME,
        '"2020"^^xsd:gYear',
        '"2012"^^xsd:gYear',
        '"2016"^^xsd:gYear',
        ("validity-reversed",),
        also=(
            ("date-outside-period", '"2016-04-21"^^xsd:date'),
            ("date-outside-period", '"2020-12-15"^^xsd:date'),
        ),
        others=('"2012"^^xsd:gYear',),
        after="cascq:validFrom",
    ),
    "curated graph without source": Mistake(
        TIME,
        '    dcterms:source "常识 · general knowledge" ;\n',
        "",
        "curated:period-years",
        ("csh:CuratedGraph-source",),
        after="curated:period-years a",
    ),
    "property the wrong way round": Mistake(
        STRUCTURE,
        "id:cas-chengdu-branch a cascq:Branch ;\n    cascq:branchOf id:cas .",
        "id:cas-chengdu-branch a cascq:Branch .\nid:cas cascq:branchOf id:cas-chengdu-branch .",
        "cascq:branchOf",
        ("csh:ResearchOrganization",),
        also=(("csh:Branch-branchOf-recommended", "id:cas-chengdu-branch"),),
    ),
    "two classes that exclude each other": Mistake(
        STRUCTURE,
        "id:cloudwalk a cascq:Company .",
        "id:cloudwalk a cascq:Company , cascq:Person .",
        "cascq:Company",
        ("two-classes",),
        others=("cascq:Person",),
    ),
    "part of itself": Mistake(
        STRUCTURE,
        "id:cigit org:subOrganizationOf id:cas ,",
        "id:cigit org:subOrganizationOf id:cigit ,",
        "id:cigit ,",
        ("hierarchy-cycle",),
    ),
    "note on a statement that is not there": Mistake(
        NOTES,
        "cascq:aboutValue 2 .",
        "cascq:aboutValue 3 .",
        "3",
        ("named-statement-missing",),
        others=("id:figure-agreements-in-plan-period-13",) * 2,  # as an entity, and as the subject
    ),
    "body under the printed name of another": Mistake(
        NAMES,
        "curated:names-web {\n",
        "curated:names-web {\n"
        'id:csu-2 a cascq:ResearchOrganization ; skos:prefLabel "中国科学院空间工程中心"@zh , "Invented"@en .\n',
        '"中国科学院空间工程中心"@zh',
        ("name-of-another",),
        also=(("orphan-entity", "id:csu-2"),),
        others=('"中国科学院空间工程中心"@zh',) * 2,  # in a passage and in the readings
    ),
    "body under the short name of another": Mistake(
        NAMES,
        "curated:names-web {\n",
        'curated:names-web {\nid:guoke a cascq:EducationalInstitution ; skos:prefLabel "国科大"@zh , "Invented"@en .\n',
        '"国科大"@zh',
        ("name-of-another",),
        also=(("orphan-entity", "id:guoke"),),
        others=('"国科大"@zh',),
    ),
    "two digits of a code exchanged": Mistake(
        IDENTIFIERS,
        '"https://ror.org/031npqv35"',
        '"https://ror.org/031npqv53"',
        '"https://ror.org/031npqv53"',
        ("check-digits",),
    ),
    "wrong check digit": Mistake(
        IDENTIFIERS, '"0000 0001 1957 3309"', '"0000 0001 1957 3390"', '"0000 0001 1957 3390"', ("check-digits",)
    ),
    "identifier in the form of another scheme": Mistake(
        IDENTIFIERS, '"Q530471"', '"530471"', '"530471"', ("identifier-form",)
    ),
}
