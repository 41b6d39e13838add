"""What passages state: one function for each kind of content that the shipped report has, and for those kept for later.

Each function writes one passage (or two) into a document, in the order of `SECTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from invented.document import Document
from invented.statements import (
    AIMS,
    CLOSED,
    DATE,
    FIELDS,
    OPEN,
    SECTORS,
    STATUSES,
    TOPICS,
    A,
    each,
    say_company,
    say_distinction,
    say_event,
    say_figure,
    say_listing,
    say_product,
    say_technology,
    say_thing,
)


def title(d: Document) -> None:
    """The document's title: a cooperation and whom it serves."""
    graph, r = d.passage("0", "标题", "Title"), d.region
    say_event(
        d, graph, "cascq:Cooperation", ("cooperation", "科技合作", "cooperation"), "cascq:participant", r.institute
    )
    d.say(graph, f"id:{d.slug}-cooperation-1", "cascq:beneficiary", r.area, "cascq:participant", r.government)
    d.mention(graph, r.institute, r.government, r.area)


def bodies(d: Document) -> None:
    """The bodies and places that the document is about."""
    graph, r = d.passage("0", "所涉机构和地区", "The bodies and areas concerned"), d.region
    say_listing(d, graph, d.mention(graph, *r.districts, r.zone, r.centre), CLOSED, "cascq:during", d.period())


def remark(d: Document) -> None:
    """A heading."""
    graph = d.passage("4", "小结", "Summing up")
    d.say(graph, f"id:{d.slug}-cooperation-1", A, "cascq:Cooperation", "cascq:topic", d.world.pick(TOPICS))


def agreement(d: Document) -> None:
    """An agreement and its signing; often a second passage with the witnesses, or with a coarser date."""
    graph, r, chance = d.passage("1.1", "签署合作协议", "A cooperation agreement is signed"), d.region, d.world.chance
    parties = [r.government, r.institute] if chance.random() < 0.5 else [r.government, say_company(d, graph)]
    d.mention(graph, *(party for party in parties if party in r.classes))
    kind = d.world.pick(("voc:comprehensive-agreement", "voc:strategic-agreement"))
    terms = ("cascq:agreementKind", kind, *each("cascq:party", parties))
    deal = say_thing(d, graph, "cascq:CooperationAgreement", ("agreement", "合作协议", "cooperation agreement"), *terms)
    if chance.random() < 0.3:
        d.say(graph, deal, "cascq:title", f'"虚构{r.zh}合作协议书{d.counters["agreement"]}"@zh')
    count = d.counters["agreement"]
    month = (count - 1) % 11 + 1
    precision = chance.random()
    date = f'"{d.year}-{month:02}-{count * 7 % 28 + 1:02}"^^xsd:date' if precision < 0.6 else d.month(month)
    terms = ("cascq:signs", deal, *each("cascq:signatory", parties), DATE, date)
    signing = say_event(d, graph, "cascq:AgreementSigning", ("signing", "签署", "signing"), *terms)
    if chance.random() < 0.4:
        d.say(graph, signing, "cascq:place", d.mention(graph, r.area)[0])
    if precision >= 0.9:
        again = d.passage("1.1", "重提协议的年份", "The year of the agreement again")
        d.say(again, signing, A, "cascq:AgreementSigning", DATE, f'"{d.year}"^^xsd:gYear')
        d.note(again, (signing, DATE, f'"{d.year}"^^xsd:gYear'), "此处只写到年。", "Only the year is given here.")
    if chance.random() < 0.5:
        _witnesses(d, signing, parties)


def _witnesses(d: Document, signing: str, parties: Sequence[str]) -> None:
    """Who met and witnessed a signing, and the posts that they held."""
    graph = d.passage("1.1", "双方负责人见证签署", "Leaders of both sides witness the signing")
    people = []
    for party in parties:
        person = say_thing(d, graph, "cascq:Person", ("person", "人员", "Person"))
        post = say_thing(d, graph, "cascq:Post", ("post", "职务", "post"), "cascq:postIn", party)
        terms = ("cascq:holder", person, "cascq:post", post, "cascq:heldAt", signing)
        say_event(d, graph, "cascq:PostHolding", ("post-holding", "任职", "post held"), *terms)
        people.append(person)
    committee = say_thing(d, graph, "cascq:PartyCommittee", ("committee", "党组", "Party Group"))
    post = say_thing(d, graph, "cascq:Post", ("post", "职务", "post"), "cascq:postIn", committee)
    terms = ("cascq:holder", people[0], "cascq:post", post, "cascq:heldAt", signing)
    say_event(d, graph, "cascq:PostHolding", ("post-holding", "任职", "post held"), *terms)
    d.say(graph, signing, A, "cascq:AgreementSigning", *each("cascq:witness", people))
    say_event(d, graph, "cascq:Meeting", ("talks", "会谈", "talks"), *each("cascq:attendee", people))


def founding(d: Document) -> None:
    """A company founded by the government and an alliance, and what it is to do."""
    graph, r = d.passage("1.2", "出资设立公司", "A company is founded"), d.region
    founders = [
        *d.mention(graph, r.government),
        say_thing(d, graph, "cascq:Alliance", ("alliance", "联盟", "Alliance")),
    ]
    company = say_company(d, graph)
    terms = ("cascq:establishes", company, *each("cascq:founder", founders), "cascq:status", "voc:completed")
    terms += ("cascq:mode", "voc:joint-investment", DATE, d.month(3))
    say_event(d, graph, "cascq:Establishment", ("founding", "设立", "founding"), *terms)
    graph = d.passage("1.2", "该公司的任务", "What the company is to do")
    d.say(graph, company, A, "cascq:Company", "cascq:task", "voc:converting-science-products")
    d.say(
        graph, company, "cascq:means", "voc:government-policy-support", "cascq:beneficiary", d.mention(graph, r.area)[0]
    )


def teaching(d: Document) -> None:
    """A college with its hospital and a think tank, planned or reported under the last agreement."""
    graph, r = d.passage("1.3", "共建学院、医院和智库", "A college, a hospital and a think tank"), d.region
    college = say_thing(d, graph, "cascq:EducationalInstitution", ("college", "学院", "College"))
    built = [
        college,
        say_thing(d, graph, "cascq:Hospital", ("hospital", "医院", "Hospital"), "cascq:host", college),
        say_thing(d, graph, "cascq:ThinkTank", ("think-tank", "智库", "Think Tank"), "cascq:plannedLocation", r.zone),
    ]
    terms = (
        *each("cascq:founder", d.mention(graph, r.institute, r.government)),
        "cascq:place",
        *d.mention(graph, r.zone),
    )
    if d.counters.get("agreement"):
        terms += ("cascq:underAgreement", f"id:{d.slug}-agreement-{d.counters['agreement']}")
    for body in built:
        terms_of = ("cascq:establishes", body, "cascq:status", d.world.pick(STATUSES[:3]))
        say_event(d, graph, "cascq:Establishment", ("building", "建设", "building"), *terms_of, *terms)


def changes(d: Document) -> None:
    """A company renamed, and money put into it."""
    graph, r = d.passage("2.5", "公司更名并获投资", "A company is renamed and invested in"), d.region
    company = say_company(d, graph)
    name = f"id:name-{company.removeprefix('id:')}"
    d.curated("bound", name, A, "cascq:Name", "cascq:nameOf", company, "cascq:nameKind", "voc:official-name")
    d.curated("bound", name, "cascq:nameText", f'"虚构{r.zh}新科技公司"@zh', "cascq:validFrom", d.month(5))
    terms = ("cascq:changeKind", "voc:renaming", "cascq:originalOrganization", company, "cascq:resultingName", name)
    say_event(d, graph, "cascq:OrganizationChange", ("change", "变动", "change"), *terms, DATE, d.month(5))
    terms = ("cascq:investor", *d.mention(graph, r.government), "cascq:investedIn", company)
    money = say_event(d, graph, "cascq:Investment", ("investment", "投资", "investment"), *terms)
    say_figure(d, graph, money, ("amount-invested", "CNY", "元"), 1000)


def correction(d: Document) -> None:
    """A demonstration whose date a later passage corrects."""
    graph = d.passage("3.5", "示范工程", "A demonstration")
    terms = ("cascq:demonstrates", say_technology(d, graph), "cascq:status", "voc:completed", DATE, d.month(7))
    shown = say_event(d, graph, "cascq:Demonstration", ("demonstration", "示范", "demonstration"), *terms)
    later = d.passage("3.5", "更正示范的日期", "The date of the demonstration is corrected")
    d.say(later, shown, A, "cascq:Demonstration", DATE, d.month(8))
    terms = ("cascq:aboutSubject", shown, "cascq:aboutProperty", DATE, "cascq:aboutPassage", graph)
    terms += ("cascq:aboutValue", d.month(7), "cascq:correctedValue", d.month(8))
    say_event(d, later, "cascq:Correction", ("correction", "更正", "correction"), *terms)


def platforms(d: Document) -> None:
    """A closed list of platforms with its total, and their establishment."""
    graph, r = d.passage("2.1", "建成一批平台", "Platforms are built"), d.region
    kinds = ("voc:key-laboratory", "voc:engineering-research-centre", "voc:collaborative-innovation-centre")
    host = d.mention(graph, r.institute)[0]
    built = []
    for _ in range(2 + int(d.world.chance.random() * 5)):
        terms = ("cascq:platformKind", d.world.pick(kinds), "cascq:platformLevel", "voc:provincial-or-ministerial")
        terms += ("cascq:host", host, *each("cascq:field", d.world.some(FIELDS, 2)))
        built.append(say_thing(d, graph, "cascq:ResearchPlatform", ("platform", "平台", "platform"), *terms))
    period = d.period()
    listing = say_listing(d, graph, built, CLOSED, "cascq:during", period)
    terms = (*each("cascq:establishes", built), "cascq:founder", *d.mention(graph, r.government))
    terms += ("cascq:during", period, "cascq:status", "voc:completed")
    building = say_event(d, graph, "cascq:Establishment", ("building", "建设", "building"), *terms)
    figure, _ = d.new("figure", "数字", "figure")
    d.say(graph, figure, A, "cascq:StatedFigure", "cascq:figureOf", building, "cascq:counts", listing)
    d.say(graph, figure, "cascq:measure", "voc:platforms-built", "cascq:value", str(len(built)))
    d.say(graph, figure, "cascq:qualifier", "voc:exact", "cascq:unit", "voc:item")
    d.say(graph, figure, "cascq:asPrinted", f'"{len(built)}个"@zh')


def institutions(d: Document) -> None:
    """An open list of institutions, with a partner that is not named."""
    graph, r = d.passage("2.2", "组建新型研发机构", "R&D institutions are set up"), d.region
    built = []
    for _ in range(1 + int(d.world.chance.random() * 4)):
        terms = ("cascq:platformKind", "voc:new-type-rd-institution", *each("cascq:field", d.world.some(FIELDS, 1)))
        built.append(say_thing(d, graph, "cascq:ResearchPlatform", ("institution", "研发机构", "institution"), *terms))
    say_listing(d, graph, built, OPEN, "cascq:during", d.period())
    terms = (*each("cascq:establishes", built), "cascq:founder", *d.mention(graph, r.institute))
    terms += ("cascq:partnerKind", "voc:related-enterprises", "cascq:status", d.world.pick(STATUSES))
    building = say_event(d, graph, "cascq:Establishment", ("building", "建设", "building"), *terms)
    if d.counters.get("agreement"):
        d.curated("readings", building, "cascq:underAgreement", f"id:{d.slug}-agreement-{d.counters['agreement']}")


def parks(d: Document) -> None:
    """Industrial parks in the districts, and how much one grew."""
    graph, r = d.passage("2.3", "共建产业园区", "Industrial parks are built"), d.region
    built = []
    for district in d.world.some(r.districts, 2):
        terms = ("cascq:within", *d.mention(graph, district), "cascq:field", d.world.pick(FIELDS))
        built.append(say_thing(d, graph, "cascq:IndustrialPark", ("park", "产业园", "Industrial Park"), *terms))
    terms = (*each("cascq:establishes", built), "cascq:founder", *d.mention(graph, r.government))
    terms += ("cascq:status", d.world.pick(STATUSES), "cascq:mode", "voc:joint-planning")
    say_event(d, graph, "cascq:Establishment", ("building", "建设", "building"), *terms)
    if d.world.chance.random() < 0.4:
        growth = say_event(d, graph, "cascq:Expansion", ("expansion", "扩建", "expansion"), "cascq:expands", built[0])
        say_figure(d, graph, growth, ("area-added", "square-metre", "平方米"), 1000)


def alliance(d: Document) -> None:
    """An alliance, its members and aims."""
    graph, r = d.passage("2.4", "发起成立联盟", "An alliance is initiated"), d.region
    members = ("cascq:memberKind", "voc:scientists", "cascq:memberKind", "voc:investors")
    new = say_thing(d, graph, "cascq:Alliance", ("alliance", "联盟", "Alliance"), *members)
    terms = ("cascq:establishes", new, "cascq:initiator", *d.mention(graph, r.institute), DATE, d.month(9))
    say_event(
        d, graph, "cascq:Establishment", ("founding", "设立", "founding"), *terms, "cascq:status", "voc:completed"
    )
    terms = ("cascq:memberOrganization", say_company(d, graph), "cascq:memberOf", new)
    say_event(d, graph, "cascq:Membership", ("membership", "成员资格", "membership"), *terms)
    graph = d.passage("2.4", "联盟的目标", "What the alliance is for")
    d.say(graph, new, A, "cascq:Alliance", *each("cascq:aim", d.world.some(AIMS, 2)))
    d.say(graph, new, "cascq:beneficiaryKind", "voc:real-economy-enterprises")


def project(d: Document) -> None:
    """A project of a programme, what it develops, how it was judged, and its rank."""
    programme = d.share(
        "programme", "虚构重点研发计划", "Invented Key R&D Programme", kind="cascq:Programme", graph="kinds", terms=()
    )
    graph = d.passage("3.1", "项目及其成果", "A project and its output")
    product = say_product(d, graph)
    terms = ("cascq:programme", programme, "cascq:output", product, "cascq:usesTechnology", say_technology(d, graph))
    if d.world.chance.random() < 0.2:
        area = say_thing(d, graph, "cascq:Region", ("basin", "流域", "Basin"))
        d.say(graph, product, "cascq:covers", area)
    work = say_event(d, graph, "cascq:Project", ("project", "项目", "project"), *terms)
    terms = ("cascq:partOfProject", work, "cascq:develops", product, "cascq:status", "voc:completed")
    say_event(d, graph, "cascq:TechnologyDevelopment", ("development", "研发", "development"), *terms)
    d.curated("readings", work, "cascq:participant", d.region.institute)
    if d.world.chance.random() < 0.5:
        graph = d.passage("3.1", "项目的评价与名次", "How the project was judged, and its rank")
        terms = ("cascq:evaluates", work, "cascq:evaluationKind", "voc:performance-evaluation")
        terms += ("cascq:evaluatorKind", "voc:third-party", "cascq:evaluationResult", "voc:passed")
        judged = say_event(d, graph, "cascq:Evaluation", ("evaluation", "评价", "evaluation"), *terms)
        rank = 1 + int(d.world.chance.random() * 30)
        terms = ("cascq:fromEvaluation", judged, "cascq:rank", str(rank), "cascq:scope", "voc:nationwide")
        say_distinction(d, graph, work, "ranking", f"全国排名第{rank}", *terms)


def prototype(d: Document) -> None:
    """A product developed, flown and exported, with dates of three precisions."""
    graph, r, before = d.passage("3.2", "研制样机", "A prototype is developed"), d.region, f'"{d.year - 1}"^^xsd:gYear'
    product = say_product(d, graph)
    terms = ("cascq:develops", product, "cascq:developer", *d.mention(graph, r.institute), DATE, before)
    say_event(d, graph, "cascq:TechnologyDevelopment", ("development", "研发", "development"), *terms)
    say_distinction(d, graph, product, "first-of-its-kind", "国内首款", "cascq:scope", "voc:nationwide")
    if d.world.chance.random() < 0.7:
        graph = d.passage("3.2", "样机试飞", "The prototype is flown")
        terms = ("cascq:tests", product, "cascq:flightKind", "voc:weightless-flight", DATE, d.month(6))
        flight = say_event(d, graph, "cascq:TestFlight", ("flight", "试飞", "test flight"), *terms)
        d.say(graph, flight, "cascq:place", d.mention(graph, r.area)[0])
        say_distinction(d, graph, flight, "first-time", "首次")
    if d.world.chance.random() < 0.7:
        graph = d.passage("3.2", "产品出口", "The product is exported")
        number = 1 + int(d.world.chance.random() * 9)
        market = d.share(
            f"market-{number}",
            f"虚构第{number}外国",
            f"Invented Foreign Country {number}",
            kind="cascq:AdministrativeArea",
            graph="places",
            terms=("cascq:placeKind", "voc:country"),
        )
        terms = ("cascq:exports", product, "cascq:market", market, DATE, f'"{d.year}-11-{10 + number}"^^xsd:date')
        say_event(d, graph, "cascq:Export", ("export", "出口", "export"), *terms)


def transfer(d: Document) -> None:
    """Technologies transferred, licensed and applied; who did it is the editors' reading."""
    graph, r = d.passage("3.2", "技术转移与应用", "Technologies are transferred and applied"), d.region
    technologies = [say_technology(d, graph) for _ in range(1 + int(d.world.chance.random() * 3))]
    terms = each("cascq:transfers", technologies)
    moved = say_event(d, graph, "cascq:TechnologyTransfer", ("transfer", "转移", "transfer"), *terms)
    listing = say_listing(d, graph, technologies, OPEN)
    say_figure(d, graph, moved, ("technologies-transferred", "item", "项"), 4, "cascq:counts", listing)
    d.curated("readings", moved, "cascq:promoter", r.institute)
    terms = ("cascq:applies", technologies[0], "cascq:sector", d.world.pick(SECTORS))
    say_event(d, graph, "cascq:TechnologyApplication", ("application", "应用", "application"), *terms)
    if d.world.chance.random() < 0.3:
        terms = ("cascq:licensor", *d.mention(graph, r.institute), "cascq:licensee", say_company(d, graph))
        terms += ("cascq:licensedTechnology", technologies[0])
        licence = say_event(d, graph, "cascq:Licence", ("licence", "许可", "licence"), *terms)
        say_figure(d, graph, licence, ("licence-fee", "CNY", "元"), 100)


def incubation(d: Document) -> None:
    """Companies incubated, and how many in all."""
    graph, r = d.passage("3.3", "孵化企业", "Companies are incubated"), d.region
    companies = [say_company(d, graph) for _ in range(1 + int(d.world.chance.random() * 4))]
    for company in companies:
        done = say_event(d, graph, "cascq:Incubation", ("incubation", "孵化", "incubation"), "cascq:incubates", company)
        d.curated("readings", done, "cascq:incubator", r.centre)
    listing = say_listing(d, graph, companies, OPEN)
    say_figure(d, graph, listing, ("companies-incubated", "enterprise", "家"), 5, "cascq:counts", listing)


def services(d: Document) -> None:
    """Services to enterprises, branches and what was contributed."""
    graph, r = d.passage("3.3", "服务企业和设立分支", "Enterprises are served; branches"), d.region
    terms = ("cascq:service", "voc:technical-consulting", "cascq:service", "voc:technical-training")
    served = say_event(d, graph, "cascq:EnterpriseService", ("service", "企业服务", "service to enterprises"), *terms)
    say_figure(d, graph, served, ("enterprises-served", "enterprise", "家"), 50)
    d.curated("readings", served, "cascq:provider", r.centre)
    terms = ("cascq:locatedIn", *d.mention(graph, d.world.pick(r.districts)))
    branch = say_thing(d, graph, "cascq:Branch", ("branch", "分支机构", "Branch"), *terms)
    d.curated("readings", branch, "cascq:branchOf", r.centre)
    terms = ("cascq:contributor", *d.mention(graph, r.centre), "cascq:achieves", d.world.pick(AIMS))
    say_event(d, graph, "cascq:Contribution", ("contribution", "作用", "contribution"), *terms)


def exhibition(d: Document) -> None:
    """Exhibitions held jointly."""
    graph, r = d.passage("3.4", "合办展会", "Exhibitions are held jointly"), d.region
    terms = each("cascq:organizer", d.mention(graph, r.institute, r.government))
    fairs = [say_thing(d, graph, "cascq:Exhibition", ("exhibition", "博览会", "Expo"), *terms) for _ in range(2)]
    listing = say_listing(d, graph, fairs, OPEN)
    say_figure(d, graph, listing, ("exhibitions-held-jointly", "occasion", "次"), 3)


SECTIONS: tuple[tuple[Callable[[Document], None], int], ...] = (
    (title, 1),
    (bodies, 1),
    (agreement, 6),
    (founding, 3),
    (teaching, 1),
    (platforms, 2),
    (institutions, 2),
    (parks, 2),
    (alliance, 2),
    (changes, 1),
    (project, 4),
    (prototype, 4),
    (transfer, 3),
    (incubation, 3),
    (services, 2),
    (exhibition, 2),
    (correction, 1),
    (remark, 2),
)
