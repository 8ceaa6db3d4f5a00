"""A frame of which something goes each way that needs no film."""

from agent.protocol.picture import Codec, Frame, Rect, copy_data
from tests.integration.rig.display import Pixels
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.test_viewer_picture import decoded, jpeg, noise, smooth


def show_mixed(agent: ScriptedAgent) -> Pixels:
    """Show a picture, then a photograph, text and a copy on it; return what has to be seen."""
    picture = noise(640, 400).copy()
    agent.show(picture)
    photograph = jpeg(smooth(160, 120))
    changed = noise(101, 33, seed=4)
    rects = (
        Rect(16, 32, 160, 120, Codec.JPEG, photograph),
        agent.zstd(changed, 33, 40),
        Rect(20, 36, 400, 300, Codec.COPY, copy_data(16, 32)),
    )
    agent.send_frame(Frame(640, 400, rects))
    agent.wait_for_credit(2)
    picture[32:152, 16:176] = decoded(photograph)
    picture[40:73, 33:134] = changed
    picture[36:336, 20:420] = picture[32:332, 16:416].copy()
    return picture
