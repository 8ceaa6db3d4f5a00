"""CPace against the draft's own vectors and against another implementation."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import cpace as oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.protocol import cpace
from agent.protocol.errors import Code, ProtocolError

# Those are of low order only for an X25519 that does not ignore the highest bit, as RFC 7748
# section 5 demands.
HARMLESS_WITHOUT_THE_TOP_BIT = {"Invalid Y6", *(f"Invalid Y{n}" for n in range(8, 12))}


@pytest.fixture(scope="module")
def draft(vectors: Callable[[str], Any]) -> dict[str, bytes]:
    return {k: bytes.fromhex(v) for k, v in vectors("cpace-x25519.json")["G_25519"].items()}


@pytest.fixture(scope="module")
def halves(draft: dict[str, bytes]) -> tuple[cpace.Half, cpace.Half]:
    return cpace.Half(draft["Ya"], draft["ADa"]), cpace.Half(draft["Yb"], draft["ADb"])


def test_the_draft_s_generator(draft: dict[str, bytes]) -> None:
    assert cpace.generator(draft["PRS"], draft["CI"], draft["sid"]) == draft["g"]


def test_the_draft_s_shares_and_secret(draft: dict[str, bytes]) -> None:
    assert cpace.scalar_mult(draft["ya"], draft["g"]) == draft["Ya"]
    assert cpace.scalar_mult(draft["yb"], draft["g"]) == draft["Yb"]
    assert cpace.scalar_mult(draft["ya"], draft["Yb"]) == draft["K"]
    assert cpace.scalar_mult(draft["yb"], draft["Ya"]) == draft["K"]


def test_the_draft_s_key_and_its_confirmation(
    draft: dict[str, bytes], halves: tuple[cpace.Half, cpace.Half]
) -> None:
    result = cpace.outcome(draft["sid"], draft["K"], *halves)
    assert result.isk == draft["ISK_IR"]
    mac_key = hashlib.sha512(b"CPaceMac" + draft["sid"] + draft["ISK_IR"]).digest()
    ya, yb = (bytes([32]) + half.share + b"\x03" + half.ad for half in halves)
    assert result.tag_initiator == hmac.digest(mac_key, ya, "sha512")
    assert result.tag_responder == hmac.digest(mac_key, yb, "sha512")


def test_the_draft_s_session_id(
    draft: dict[str, bytes], halves: tuple[cpace.Half, cpace.Half]
) -> None:
    assert cpace.sid_output(*halves) == draft["sid_output_ir"]


def test_points_of_low_order_are_refused(vectors: Callable[[str], Any]) -> None:
    points = vectors("cpace-x25519.json")["X25519_points"]
    assert len(points) == 12
    for name, point in points.items():
        if name in HARMLESS_WITHOUT_THE_TOP_BIT:
            assert any(cpace.scalar_mult(bytes(range(32)), bytes.fromhex(point)))
            continue
        with pytest.raises(ProtocolError) as caught:
            cpace.scalar_mult(cpace.new_scalar(), bytes.fromhex(point))
        assert caught.value.code is Code.INVALID_SHARE, name


@pytest.mark.parametrize("size", [0, 31, 33])
def test_points_of_another_length_are_refused(size: int) -> None:
    with pytest.raises(ProtocolError) as caught:
        cpace.scalar_mult(cpace.new_scalar(), bytes([9]) * size)
    assert caught.value.code is Code.INVALID_SHARE


def test_x25519_of_the_vectors(vectors: Callable[[str], Any]) -> None:
    for item in vectors("handshake.json")["points"]:
        result = cpace.scalar_mult(bytes.fromhex(item["scalar"]), bytes.fromhex(item["point"]))
        assert result.hex() == item["result"]


@given(st.integers(0, 2**255 - 20))
def test_elligator_lands_on_the_curve_or_its_twist_and_ignores_the_sign(r: int) -> None:
    u = cpace.elligator2(r)
    assert 0 <= u < 2**255 - 19
    assert u == cpace.elligator2(2**255 - 19 - r)
    # Every u that Elligator2 yields belongs to the curve itself, never to the twist.
    on_curve = pow(u * (u * (u + 486662) + 1), (2**255 - 20) // 2, 2**255 - 19)
    assert on_curve in {0, 1}


@given(st.integers(0, 2**15))
def test_lengths_are_written_in_septets(size: int) -> None:
    encoded = cpace.prepend_length(bytes(size))[: -size or None]
    assert sum((octet & 0x7F) << 7 * place for place, octet in enumerate(encoded)) == size
    assert [octet >> 7 for octet in encoded] == [1] * (len(encoded) - 1) + [0]


@settings(max_examples=30)
@given(
    st.binary(max_size=200),
    st.binary(max_size=200),
    st.binary(max_size=40),
    st.binary(max_size=300),
)
def test_another_implementation_agrees(prs: bytes, ci: bytes, sid: bytes, ad: bytes) -> None:
    """Our initiator against PyPI's cpace as responder; it computes all by itself."""
    other = oracle.CPace.start(role=oracle.CPaceRole.RESPONDER, prs=prs, sid=sid, ci=ci, ad=b"ADb")
    scalar = cpace.new_scalar()
    ours = cpace.Half(cpace.scalar_mult(scalar, cpace.generator(prs, ci, sid)), ad)
    other.derive(ours.share, ours.ad)
    theirs = cpace.Half(other.public_share, b"ADb")
    result = cpace.outcome(sid, cpace.scalar_mult(scalar, theirs.share), ours, theirs)
    assert result.isk == other.isk
    assert result.tag_responder == other.tag()
    assert other.verify(result.tag_initiator)
    assert cpace.sid_output(ours, theirs) == other.sid_output
