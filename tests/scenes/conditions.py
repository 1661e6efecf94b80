"""How each condition is staged: from an empty stage to a case with its visits, lights and disturbances."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from mihariban.recorder.sources.scene.people import random_look

from .actors import Actor, Drawn, Faint, Stop, Thing
from .case import PASSING_S, ZONE_SHARE, Case, Screen
from .light import Envelope, Light
from .rooms import drawn_room
from .stage import Stage, stay_of

Plan = Callable[[Stage, str, int], Case]
_SMOKE_STAY_S = 7.0


def _visits(scene: Stage, count: int, gap: tuple[float, float] = (4, 14), lead: tuple[float, float] = (8, 14)) -> None:
    """``count`` ordinary visits, one after the other."""
    scene.gap(*lead)
    for number in range(count):
        if number:
            scene.gap(*gap)
        scene.add(scene.visitor(_stay(scene), still=scene.random.random() < 0.4))


def _stay(scene: Stage) -> float:
    stay = stay_of(scene.random)
    return min(stay, _SMOKE_STAY_S) if scene.short else stay


def _still_long(scene: Stage, name: str, visits: int) -> Case:
    """Half an hour almost motionless: about one and a half pixels to and fro at 320 pixels' width, every 80 seconds."""
    scene.gap(15, 25)
    stay = 100.0 if scene.short else 1800.0
    somebody = scene.visitor(stay, still=True)
    fields = {"sway": 0.0048, "period": 80.0}
    scene.add(_with(somebody, **fields))
    for _ in range(visits - 1):
        scene.gap(12, 16)
        scene.add(scene.visitor(_stay(scene)))
    return scene.case(name, "still_long", fps=2)


def _with(actor: Actor, **fields: object) -> Actor:
    return replace(actor, **fields)  # type: ignore[type-var]  # every actor is a dataclass


def _contrast(condition: str, scene: Stage, name: str, visits: int) -> Case:
    """An outline of 25 to 30 grey levels on a fifth of the picture, of no colour, in a quiet picture."""
    scene.gap(8, 14)
    mean = float(scene.room.luma.mean())
    scene.front = None
    for number in range(visits):
        if number:
            scene.gap(4, 14)
        sign = -1 if mean > 150 else 1 if mean < 80 else scene.random.choice((-1, 1))
        still = condition == "contrast_still"
        body = _fifth(scene, scene.drawn(scene.clock, _stay(scene), still=still))
        body = _with(body, sway=0.0) if still else _with(body, sway=0.009, period=4.0)  # type: ignore[assignment]  # stays drawn
        scene.add(Faint(body, sign * scene.random.uniform(25, 30)))
    return scene.case(name, condition, light=Light(grain=scene.random.uniform(1.5, 3)), crf=22)


def _fifth(scene: Stage, body: Drawn) -> Drawn:
    """The same person just large enough to cover a fifth of the picture while standing."""
    middle = (body.stops[1].t + body.stops[2].t) / 2
    for step in range(13, 30):
        height = step / 10
        edge = 0.3 * height
        places = [-edge if stop.x < 0 else scene.wide + edge if stop.x > scene.wide else stop.x for stop in body.stops]
        stops = tuple(Stop(stop.t, x, 0.05 + height, height) for stop, x in zip(body.stops, places, strict=True))
        body = _with(body, stops=stops)  # type: ignore[assignment]  # stays drawn
        patch = body.at(middle)
        if patch is not None and (patch.yuva[..., 3] > 0.5).sum() >= 0.2 * scene.size[0] * scene.size[1]:
            break
    return body


def _lights(condition: str, scene: Stage, name: str, visits: int) -> Case:
    """Lamps switched off and on: while the zone is empty, while somebody stands there, or just as somebody enters."""
    random = scene.random
    switches: list[float] = []
    scene.gap(10, 14)
    for number in range(visits):
        if number:
            scene.gap(11, 17)
            if condition == "lights_absence":
                switches.append(scene.clock - random.uniform(4, 7))
        stay = max(9.0, _stay(scene))
        begin = scene.clock
        end = scene.add(scene.visitor(stay, still=random.random() < 0.4)).people[0].span()[1]
        if condition == "lights_presence":
            switches.append(random.uniform(begin + 4.5, end - 4))
        elif condition == "lights_entry":
            switches.append(begin + random.uniform(0.2, 1.2))
    dim = random.uniform(0.4, 0.6)
    light = Light(_switched(switches, dim, random.random() < 0.5), ((0, 0.12),), _switched(switches, 0.75, False))
    return scene.case(name, condition, light=light)


def _switched(moments: list[float], dim: float, correcting: bool) -> Envelope:
    """On, off, on ... at the given moments; a ``correcting`` camera then follows by a fifth within two seconds."""
    points: list[tuple[float, float]] = [(0.0, 1.0)]
    level = 1.0
    for moment in moments:
        goal = dim if level == 1.0 else 1.0
        first = goal * (0.85 if goal < 1 else 1.15) if correcting else goal
        points += [(moment, level), (moment + 0.1, first), (moment + 2.0, goal)]
        level = goal
    return tuple(points)


def _sunrise(scene: Stage, name: str, visits: int) -> Case:
    """The hall grows twice as bright over the case, and the window's light with it; every other case at dusk."""
    _visits(scene, visits)
    low, end = scene.random.uniform(0.45, 0.55), scene.clock + 14
    values = (low, 1.0) if scene.random.random() < 0.6 else (1.0, low)
    sun = scene.random.uniform(0.15, 0.35)
    weights = (0.0, sun) if values[0] < values[1] else (sun, 0.0)
    light = Light(((0, values[0]), (end, values[1])), ((0, weights[0]), (end, weights[1])))
    return scene.case(name, "sunrise", light=light)


def _exposure(scene: Stage, name: str, visits: int) -> Case:
    """The camera's exposure jumps every few seconds, up into clipping, during presence and absence alike."""
    random = scene.random
    _visits(scene, visits, gap=(6, 14))
    points: list[tuple[float, float]] = [(0.0, 1.0)]
    moment = random.uniform(10, 18)
    while moment < scene.clock + 8:
        goal = random.choice((random.uniform(0.6, 0.85), random.uniform(1.2, 1.6), 1.0))
        points += [(moment, points[-1][1]), (moment + random.uniform(0.1, 0.6), goal)]
        moment += random.uniform(6, 20)
    return scene.case(name, "exposure", light=Light(tuple(points)))


def _close_up(scene: Stage, name: str, visits: int) -> Case:
    """Somebody comes so close that nine tenths of the picture are their clothes, and steps back before leaving."""
    random = scene.random
    scene.front = None
    scene.gap(8, 14)
    for number in range(visits):
        if number:
            scene.gap(4, 14)
        base = scene.drawn(scene.clock, 4.0)
        first, here, there, last = base.stops
        close, stay = random.uniform(6.2, 7.0), _stay(scene)
        near = (0.5 + 0.655 * close, close)
        x = scene.wide / 2 + random.uniform(-0.04, 0.04)
        steps = (
            (0.0, first.x, first.y, first.height),
            (here.t - first.t, here.x, here.y, here.height),
            (random.uniform(0.5, 2.5), here.x, here.y, here.height),
            (random.uniform(0.8, 1.6), x, *near),
            (stay, x, *near),
            (random.uniform(0.8, 1.6), here.x, here.y, here.height),
            (random.uniform(0.3, 1.5), here.x, here.y, here.height),
            (last.t - there.t, last.x, last.y, last.height),
        )
        moment, stops = scene.clock, []
        for after, *place in steps:
            moment += after
            stops.append(Stop(moment, *place))
        scene.add(_with(base, stops=tuple(stops), tall=500))
    return scene.case(name, "close_up")


def _passers(scene: Stage, name: str, visits: int) -> Case:
    """People walk and wait behind a zone, now and then brushing it for at most ``PASSING_S`` seconds."""
    random = scene.random
    scene.front = None
    scene.room = drawn_room(
        scene.size, scene.seed, 0.33
    )  # seen from high up: people behind the zone stand on the floor
    scene.gap(10, 16)
    for number in range(visits):
        if number:
            scene.gap(6, 16)
        scene.add(scene.drawn(scene.clock, _stay(scene), still=random.random() < 0.3, height=random.uniform(1.0, 1.4)))
    left, right = random.uniform(0.18, 0.28), random.uniform(0.72, 0.82)
    zone = ((left + 0.06, 0.45), (right - 0.06, 0.45), (right, 1.0), (left, 1.0))
    draft = scene.case(name, "passers", zone=zone)
    moment, passers = 9.0, []
    while moment < scene.clock:
        passers.append(_passer(scene, draft, moment))
        moment += random.uniform(4, 16)
    return scene.case(name, "passers", zone=zone, passers=tuple(passers), gop_s=draft.gop_s, crf=draft.crf)


def _passer(scene: Stage, case: Case, starts: float) -> Drawn:
    """Somebody who walks by, some stopping outside the zone; far away where a nearer path would be a visit."""
    random = scene.random
    for attempt in range(6):
        height = random.uniform(0.35, 0.75) if attempt < 5 else 0.4
        feet = random.uniform(0.42, 0.62) if attempt < 5 else 0.43
        way = random.choice((-1, 1))
        off = 0.3 * height
        ends = (-off, scene.wide + off) if way > 0 else (scene.wide + off, -off)
        stop = scene.wide * random.choice((random.uniform(0.02, 0.12), random.uniform(0.88, 0.98)))
        pause = random.choice((0.0, 0.0, random.uniform(2, 12)))
        speed = random.uniform(0.45, 0.8)
        turn_back = random.random() < 0.4
        last = ends[0] if turn_back and pause else ends[1]
        moments = [starts]
        for distance in (abs(stop - ends[0]) / speed, pause, abs(last - stop) / speed):
            moments.append(moments[-1] + distance + 1e-3)
        stops = tuple(Stop(t, x, feet, height) for t, x in zip(moments, (ends[0], stop, stop, last), strict=True))
        passer = Drawn(scene.size, random_look(random), stops, typing=False)
        if dwell(case, passer) <= PASSING_S:
            return passer
    return passer


def dwell(case: Case, actor: Actor) -> float:
    """Seconds, looked at ten times a second, for which an actor is in the zone."""
    begin, end = actor.span()
    return sum(case.share(actor, begin + n / 10) >= ZONE_SHARE for n in range(int((end - begin) * 10) + 1)) / 10


def _handover(scene: Stage, name: str, visits: int) -> Case:
    """The next person steps up before the last has left: one visit, flagged; between them ordinary visits."""
    random = scene.random
    scene.gap(8, 14)
    for number in range(visits):
        if number:
            scene.gap(5, 14)
        if number % 3 == 2:
            scene.add(scene.visitor(_stay(scene)))
            continue
        people = [_first(scene)]
        for _ in range(random.choice((1, 1, 1, 2))):
            people.append(_next(scene, people[-1]))
        scene.add(*people, handover=True)
    return scene.case(name, "handover")


def _first(scene: Stage) -> Actor:
    stay = max(8.0, _stay(scene))
    if scene.real:
        return scene.cut(scene.clock, stay)
    return scene.drawn(scene.clock, stay, x=scene.wide * 0.42, sides=(-1, -1))


def _next(scene: Stage, before: Actor) -> Actor:
    """Somebody else, who stands at the place, or beside it, before the one there walks off."""
    random = scene.random
    stay = max(8.0, _stay(scene))
    if scene.real and not isinstance(before, Drawn):
        number = random.choice([one for one in scene.people if one != getattr(before, "number", None)])
        leaves = before.span()[1] - 2.2
        return scene.cut(leaves - random.uniform(1.0, 2.6), stay, number=number)
    assert isinstance(before, Drawn)
    x = before.stops[1].x + (0.3 if before.stops[1].x < scene.wide / 2 else -0.3)
    side = 1 if x > before.stops[1].x else -1
    look = scene.look(x, 1.1, 1.0)
    while look.top == before.look.top:
        look = scene.look(x, 1.1, 1.0)
    arrived = before.stops[2].t
    draft = scene.drawn(0.0, stay, x=x, look=look, sides=(side, random.choice((-1, 1))))
    shift = arrived - draft.stops[1].t + random.uniform(-0.4, 3.0)
    return _with(draft, stops=tuple(Stop(stop.t + shift, stop.x, stop.y, stop.height) for stop in draft.stops))


def _noise(scene: Stage, name: str, visits: int) -> Case:
    """A sensor at its limit."""
    _visits(scene, visits)
    gain = scene.random.uniform(0.7, 1.0)
    return scene.case(name, "noise", light=Light(((0, gain),), grain=scene.random.uniform(7, 12)))


def _flicker(scene: Stage, name: str, visits: int) -> Case:
    """Mains light beating against the shutter, as one field or in bands."""
    random = scene.random
    _visits(scene, visits)
    beat = (random.uniform(0.03, 0.1), random.uniform(0.2, 2.4), random.choice((0.0, random.uniform(0.5, 3))))
    return scene.case(name, "flicker", light=Light(flicker=beat))


def _clock(scene: Stage, name: str, visits: int) -> Case:
    """A time stamp burnt into the picture, inside the zone."""
    _visits(scene, visits)
    dot = 2 if scene.size[0] >= 480 else 1
    return scene.case(name, "clock", stamp=(dot, scene.random.randrange(4)))


def _screen(scene: Stage, name: str, visits: int) -> Case:
    """The machine's own screen in the zone turns its pages whether or not anybody is there."""
    random = scene.random
    _visits(scene, visits, lead=(25, 32))
    left, top = random.uniform(0.05, 0.7), random.uniform(0.1, 0.6)
    wide, high = random.uniform(0.14, 0.24), random.uniform(0.2, 0.32)
    screen = Screen((left, top, left + wide, top + high), random.uniform(3, 8), random.random() < 0.5, scene.seed)
    return scene.case(name, "screen", screen=screen)


def _restart(scene: Stage, name: str, visits: int) -> Case:
    """The recorder stops and starts again: somebody stays, comes, or leaves while it is down."""
    random = scene.random
    kind = ("stays", "comes", "leaves")[random.randrange(3)]
    scene.gap(20, 28)
    begin = scene.clock
    end = scene.add(scene.visitor(max(24.0, _stay(scene)), still=random.random() < 0.5)).people[0].span()[1]
    down, up = {
        "stays": (begin + 8, begin + 8 + random.uniform(2, 8)),
        "comes": (begin - 6, begin + 6),
        "leaves": (end - 8, end + 6),
    }[kind]
    for _ in range(visits - 1):
        scene.gap(14, 18)
        scene.add(scene.visitor(_stay(scene)))
    down, up = float(round(down)), float(round(up))
    case = scene.case(name, "restart")
    return _with(case, parts=((0.0, down), (up, case.duration_s)))  # type: ignore[return-value, type-var]  # stays a case


def _left_behind(scene: Stage, name: str, visits: int) -> Case:
    """A bag, a box or a sheet stays when its owner goes; much later somebody else comes, and may take it."""
    random = scene.random
    scene.front = None
    scene.gap(15, 20)
    owner = scene.visitor(random.uniform(12, 25))
    gone = scene.add(owner, left_behind=True).people[0].span()[1]
    scene.gap(640, 660)
    stay = max(8.0, _stay(scene))
    takes = random.random() < 0.5
    begin = scene.clock
    for _ in range(visits - 1):
        scene.add(scene.visitor(stay))
    x = scene.wide * random.uniform(0.35, 0.65)
    wide, high = random.uniform(0.14, 0.22), random.uniform(0.12, 0.2)
    top = random.uniform(0.62, 0.76)
    behind = float(scene.room.luma[int(top * scene.size[1]) :, :].mean())
    colour = (40.0, 44.0, 60.0) if behind > 110 else (225.0, 210.0, 180.0)
    box = (x - wide / 2, top, x + wide / 2, top + high)
    kind = random.choice(("bag", "bag", "sheet"))
    taken = begin + 5 if takes else 1e9
    thing = Thing(scene.size, kind, colour, box, gone - random.uniform(2.5, 4), taken)
    return scene.case(name, "left_behind", things=(thing,), fps=3)


PLANS: dict[str, Plan] = {
    "still_long": _still_long,
    "contrast_still": partial(_contrast, "contrast_still"),
    "contrast_sway": partial(_contrast, "contrast_sway"),
    "lights_absence": partial(_lights, "lights_absence"),
    "lights_presence": partial(_lights, "lights_presence"),
    "lights_entry": partial(_lights, "lights_entry"),
    "sunrise": _sunrise,
    "exposure": _exposure,
    "close_up": _close_up,
    "passers": _passers,
    "handover": _handover,
    "noise": _noise,
    "flicker": _flicker,
    "clock": _clock,
    "screen": _screen,
    "restart": _restart,
    "left_behind": _left_behind,
}
