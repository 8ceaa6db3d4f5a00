"""What the technician has roughly, once it is calm: first right, then identical."""

from agent.encode.coder import Stage, Work
from agent.encode.lossy import Level
from agent.encode.means import Jpeg
from agent.encode.stages import DEAR, lossless, photograph

# Where bytes are dear a photograph becomes right before it becomes identical. What a film leaves
# does so anywhere: without loss it costs as much as ten seconds of the film, which may go on.
FINE = Jpeg(90, 0)
FINE_FOR = 2.0
FINE_COST = 0.25  # bytes a pixel, about


def mend(work: Work, level: Level, piecewise: list[Stage]) -> None:
    """Append a part of what is due.

    Args:
        work: a frame whose picture is the shadow and whose tiles left are those due.
        level: how roughly the technician has them.
        piecewise: the stages that code pixels.
    """
    if level is Level.PREVIEW:
        for stage in piecewise:
            stage.run(work)
        return
    boxes = work.kernel.rectangles(work.left)
    if level is Level.FILM or (level is Level.ROUGH and work.means.slow):
        photograph(work, boxes, FINE, (work.now + FINE_FOR, Level.FINE), FINE_COST)
    else:
        lossless(work, boxes, DEAR)
