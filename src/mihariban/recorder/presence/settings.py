"""Every number presence detection works with: its unit, and why it is what it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PresenceSettings:
    """Thresholds of the presence engine. Areas are shares of the watched zone, levels are grey levels of 255.

    Attributes:
        start_delay_s: somebody must stay this long in the zone before a visit begins; a passer-by is shorter.
        left_behind_s: a thing that nobody moved for this long, and that came to light while the zone was being left,
            ends the visit. At most 600; five minutes hold five of the sways that every standing person makes.
        analysis_width: pixels; pictures are area-averaged by the whole factor that comes nearest to it. At 192 a
            standing person is 15-40 pixels wide and grain of a dark camera averages out.
        enter_share: change against the empty scene that may be somebody. A person of 0.4 % of the picture shows as
            about 1.2 % because every edge marks the five pixels around it.
        leave_share: less change than this is the empty scene. Below ``enter_share`` so that it cannot flutter; above
            the 0.5 % that a sheet of paper moved on the table leaves.
        leave_confirm_s: the scene must look empty this long; shorter than the shortest gap between visitors (2.4 s in
            the real footage) and longer than the blink of a lost picture.
        edge_level: a step of this many levels between neighbours is structure, not noise. Half a contrast of 25
            levels survives area-averaging at a blurred outline.
        noise_factor: structure must exceed the learned noise of its place by this; the noise variance of 25 pixels
            scatters by 0.3 of itself, so 3 is seven deviations.
        present_noise_factor, noise_cap: the noise of this very picture, from its quieter third, counts by this factor,
            up to so many levels squared: half of what an outline of 25 levels leaves.
        sudden_s: a change complete within this time, and rigid afterwards, is a lamp, a screen or a moved camera; a
            person needs longer to walk in and is never rigid so soon.
        rigid_s: how long such a change must stay rigid until it is accepted as a further empty scene.
        still_share: share of the zone that may differ between two pictures of a rigid scene (codec, burnt-in clock).
        unsure_settle_s: after somebody went out, a scene that was never surely seen empty is taken for empty when
            nothing has moved for this long; a person who just arrived moves within it.
        settle_s: a scene without movement for this long at the very start is taken for empty, in doubt.
        restart_share: share of the person's own area that must change between two looks before every picture in
            between is examined; a hand-over changes far more than half, typing changes less than a tenth.
        calm_s: every picture is examined until this long after the last large movement.
        analysis_interval_s: no two pictures nearer than this are compared; ten a second date a start to a tenth.
        look_share: share of one core that key-frame looks may cost while nobody is there, by the estimate below.
        look_cost_s_per_byte, look_cost_s_per_pixel: estimated seconds to decode a key frame; measured on one core of
            a 2020 server, they only steer how often to look, so that decisions never depend on the machine.
        empty_gap_s: longest time between two looks while nobody is there.
        occupied_gap_s: longest time without a look while somebody is there: absence is to be seen within 10 s.
        light_time_s: time constant with which a reference follows slow daylight while the zone is empty.
        references: how many empty scenes are remembered (lamps on and off, blinds, day and evening).
    """

    start_delay_s: float = 1.5
    left_behind_s: float = 300.0
    analysis_width: int = 192
    enter_share: float = 0.015
    leave_share: float = 0.010
    leave_confirm_s: float = 0.8
    edge_level: float = 8.0
    noise_factor: float = 3.0
    present_noise_factor: float = 5.0
    noise_cap: float = 60.0
    sudden_s: float = 0.5
    rigid_s: float = 4.0
    still_share: float = 0.006
    unsure_settle_s: float = 20.0
    settle_s: float = 1.5
    restart_share: float = 0.55
    calm_s: float = 0.8
    analysis_interval_s: float = 0.095
    look_share: float = 0.0022
    look_cost_s_per_byte: float = 7e-8
    look_cost_s_per_pixel: float = 2.5e-9
    empty_gap_s: float = 8.0
    occupied_gap_s: float = 4.5
    light_time_s: float = 30.0
    references: int = 6

    def __post_init__(self) -> None:
        if not 0 < self.left_behind_s <= 600:
            raise ValueError(f"left_behind_s must be in (0, 600]: {self.left_behind_s}")
        if not 0 < self.leave_share < self.enter_share < 1:
            raise ValueError("leave_share must be below enter_share")
        if self.start_delay_s < 0:
            raise ValueError(f"start_delay_s must not be negative: {self.start_delay_s}")
