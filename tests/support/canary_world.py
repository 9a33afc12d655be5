"""Two projects, companies in one or both, and people of every kind, in canaries throughout.

A person knows the parties in `World.known`; every text that belongs to none of them is foreign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from projects import store
from projects.models import Import, Membership, Numbering, Project
from projects.store import editions
from tests.support.canary_texts import FIRST_KEY, KEYS_APART, Canaries, Row, Sheet
from tests.support.editions import DAY
from vendors.access.seats import Desk, own_desk
from vendors.models import Confirmation, Contract, Member, Question, Vendor
from vendors.questions import thread
from vendors.tasks import confirm
from vendors.tasks.queries import work_of
from vendors.tasks.task import Task

MAIN, OTHER, ABSENT = "main", "other", "absent"
ROLES: Mapping[str, Mapping[str, str]] = {
    # E fills a role of A's too; nobody fills "prime" but the PMO's own people
    MAIN: {"a": "AE", "a2": "A", "b": "B", "b2": "B", "c": "C", "prime": ""},
    OTHER: {"x": "A", "y": "B", "z": "D"},
}
PAIRS = {MAIN: (("a", "b"), ("a2", "c")), OTHER: (("x", "y"),)}
COMPANIES = "ABCDEF"
# person: (company, in which project only, whether active)
Work = tuple[str, str, bool]
COMPANY_PEOPLE: Mapping[str, tuple[Work, ...]] = {
    "a": (("A", "", True),),
    "a_main": (("A", MAIN, True),),
    "a_other": (("A", OTHER, True),),
    "b": (("B", "", True),),
    "c": (("C", "", True),),
    "d": (("D", "", True),),
    "e": (("E", "", True),),
    "f": (("F", "", True),),
    "both": (("A", "", True), ("C", "", True)),
    "split": (("A", MAIN, True), ("B", OTHER, True)),
    "left": (("A", "", False),),
    "moved": (("A", "", False), ("B", "", True)),
    "off": (("A", "", True),),
    "outsider": (),
}
PMO_PEOPLE = {
    "other_viewer": (OTHER, "viewer"),
    "other_editor": (OTHER, "editor"),
    "other_manager": (OTHER, "manager"),
    "boss": (MAIN, "manager"),
    "second": (MAIN, "manager"),
}
STRANGERS = (*COMPANY_PEOPLE, "other_viewer", "other_editor", "other_manager")
ASKED = 3


@dataclass(slots=True)
class World:
    """Everything by the short names above. `asked` has the uids of each party's questions."""

    canaries: Canaries = field(default_factory=Canaries)
    projects: dict[str, Project] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    companies: dict[str, Vendor] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    asked: dict[str, set[str]] = field(default_factory=dict)

    def known(self, person: str) -> set[str]:
        """The parties whose texts the person may read."""
        return {f"me:{person}", *_seats(person), *_duties(person)}

    def client(self, person: str) -> Client:
        client = Client()
        client.force_login(self.people[person])
        return client

    def pmo(self, slug: str) -> str:
        return f"pmo@{slug}"


def build() -> World:
    """Once more; some thousand statements, under a second."""
    _spread_keys()
    world = World()
    shared_uid = world.canaries.of("A@main", "E@main", "A@other", "pmo@main", "pmo@other")
    for company in COMPANIES:
        world.companies[company] = _company(world, company)
    for person in (*COMPANY_PEOPLE, *PMO_PEOPLE):
        world.people[person] = _person(world, person)
    for slug, roles in ROLES.items():
        sheet = Sheet(world.canaries, slug, roles, PAIRS[slug], shared_uid)
        world.sheets[slug] = sheet
        world.projects[slug] = _project(world, sheet)
    for person, works in COMPANY_PEOPLE.items():
        for company, slug, active in works:
            _join(world, person, company, slug, active)
    for person, (slug, kind) in PMO_PEOPLE.items():
        project = world.projects[slug]
        Membership.objects.create(project=project, user=world.people[person], kind=kind)
    _work(world)
    User.objects.filter(pk=world.people["off"].pk).update(is_active=False)
    check_constraints()
    return world


def check_constraints() -> None:
    """Now, so that the tables can be altered."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def change(world: World, slug: str, rows: Sequence[Row]) -> None:
    """Writes these rows into the matrix, for a reason that is the PMO's own."""
    project, sheet = world.projects[slug], world.sheets[slug]
    grid = sheet.grid(rows, project.title)
    reason = world.canaries.of(sheet.pmo)
    boss = world.people["boss"]
    store.change(project, lambda _: grid, by=boss, kind=store.Kind.EDIT, reason=reason)


def publish(world: World, slug: str) -> None:
    project = world.projects[slug]
    everybody = {*world.sheets[slug].parties(*ROLES[slug]), world.pmo(slug)}
    title, note = (world.canaries.of(*everybody) for _ in range(2))
    boss = world.people["boss"]
    editions.publish(project, title=title, date=DAY, note=note, revision=project.revision, by=boss)


def _seats(person: str) -> set[str]:
    """The parties for which the person works."""
    works = COMPANY_PEOPLE.get(person, ()) if person != "off" else ()
    return {
        party
        for company, only, active in works
        for party in places(company)
        if active and party.endswith(f"@{only}" if only else "")
    }


def _duties(person: str) -> set[str]:
    slug, _ = PMO_PEOPLE.get(person, ("", ""))
    return {f"pmo@{slug}"} if slug else set()


def places(company: str) -> set[str]:
    """The company as a party of each project; as itself where it has none."""
    found = {
        f"{company}@{slug}"
        for slug, roles in ROLES.items()
        if any(company in companies for companies in roles.values())
    }
    return found or {f"{company}@"}


def _spread_keys() -> None:
    """Primary keys far away from each other and from every number on a page."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT sequencename FROM pg_sequences
            WHERE schemaname = current_schema()
            AND sequencename ~ '^(vendors|projects|auth_user_id)' ORDER BY sequencename
        """)
        for place, (name,) in enumerate(cursor.fetchall()):
            far = FIRST_KEY + place * KEYS_APART
            cursor.execute(f"ALTER SEQUENCE {name} RESTART WITH {far}")


def _company(world: World, company: str) -> Vendor:
    pmo = {party.replace(company, "pmo") for party in places(company)}
    name, uid = (world.canaries.of(*places(company), *pmo) for _ in range(2))
    return Vendor.objects.create(name=name, uid=uid)


def _person(world: World, person: str) -> User:
    """The name is known to colleagues and to the PMO, the rest to nobody else."""
    colleagues = {
        place
        for company, only, _ in COMPANY_PEOPLE.get(person, ())
        for place in places(company)
        if place.endswith(only)
    }
    me = f"me:{person}"
    name = world.canaries.of(me, *colleagues, "pmo@main", "pmo@other")
    username, mail = (world.canaries.of(me, "pmo@main", "pmo@other") for _ in range(2))
    return User.objects.create_user(username, f"{mail}@example.jp", last_name=name)


def _project(world: World, sheet: Sheet) -> Project:
    everybody = {*sheet.parties(*sheet.roles), sheet.pmo}
    boss = world.people["boss"]
    project = store.create(slug=sheet.slug, title=world.canaries.of(*everybody), by=boss)
    Project.objects.filter(pk=project.pk).update(numbering=Numbering.AS_GIVEN)
    Import.objects.create(
        project=project, state="refused", file=b"x", file_name=world.canaries.of(sheet.pmo), size=1
    )
    world.projects[sheet.slug] = project
    change(world, sheet.slug, sheet.first)
    for role, companies in sheet.roles.items():
        column = project.roles.get(name=sheet.names[role])
        for company in companies:
            vendor = world.companies[company]
            Contract.objects.create(vendor=vendor, project=project, role=column)
    return project


def _join(world: World, person: str, company: str, slug: str, active: bool) -> None:
    Member.objects.create(
        vendor=world.companies[company],
        user=world.people[person],
        project=world.projects.get(slug),
        active=active,
    )


def _work(world: World) -> None:
    """第1版, which all companies confirm; 第2版, of which they ask; and drafts since."""
    for slug in ROLES:
        publish(world, slug)
    for person in (*"abcde", "a_other"):
        desk = own_desk(world.people[person], base="")
        seen = [(task, task.edition.number) for task in work_of(desk).tasks]
        confirm.record_answers(desk, seen, Confirmation.State.CONFIRMED)
    for slug, sheet in world.sheets.items():
        change(world, slug, sheet.second)
        publish(world, slug)
        change(world, slug, sheet.live)
    for person in "abcde":
        desk = own_desk(world.people[person], base="")
        tasks = work_of(desk).tasks
        for slug in ROLES:
            _ask(world, desk, person, [task for task in tasks if task.seat.slug == slug])


def _ask(world: World, desk: Desk, person: str, tasks: Sequence[Task]) -> None:
    """Questions of some rows, each with an answer.

    A asks in the other project only of the row that both have; C of no row of two companies.
    """
    first = 1 if (person, tasks[:1] and tasks[0].seat.slug) == ("a", MAIN) else 0
    alone, shared = tasks[first : first + ASKED], tasks[first + ASKED :]
    for task in [*alone, *(t for t in shared if len(t.line.role_ids) > 1 and person != "c")]:
        party = f"{person.upper()}@{task.seat.slug}"
        world.asked.setdefault(party, set()).add(task.line.uid)
        text, answer = (world.canaries.of(party, world.pmo(task.seat.slug)) for _ in range(2))
        thread.ask(desk, [task], text)
        mate = world.people["boss" if person == "a" else "second"]
        world.canaries.parties[mate.last_name].add(party)
        question = Question.objects.get(
            project_id=task.seat.project_id, vendor_id=task.seat.vendor_id, uid=task.line.uid
        )
        thread.reply(question, answer, by=mate, edition_number=2)
