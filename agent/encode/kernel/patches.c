/* A small change in one go: what changed, packed for the stream, and no longer a change. */
#include "picture.h"

enum { PATCHES_MOST = 16, MORE = -2 };

/* What stands before a patch's bands and pixels; native.py reads it. */
typedef struct {
    Box box;
    int32_t bands;
    uint32_t size; /* bytes of pixels */
} Head;

static int32_t area(const Box *b) { return (b->x1 - b->x0) * (b->y1 - b->y0); }

/* Write one patch to `out`; answer how many bytes it took. */
static size_t write_patch(const Shape *s, const uint8_t *new, const Box *box, int32_t red,
                          uint8_t *out) {
    uint8_t *bands = out + sizeof(Head);
    int32_t count = dibuc_bands(s, new, box, bands, box->y1 - box->y0);
    Head head = {*box, count, (uint32_t)area(box) * 3};
    memcpy(out, &head, sizeof head);
    uint8_t *packed = bands + count;
    if (count) {
        dibuc_pack_bands(s, new, box, red, bands, count, packed, head.size);
    } else {
        dibuc_pack(s, new, box, red, packed, head.size);
    }
    return (size_t)(packed - out) + head.size;
}

/*
 * Write what changed within `count` boxes to `out`, tight box by tight box, and bring the old
 * picture up to date there. Answers how many there are, or MORE, having changed nothing, if they
 * are too many or have over `most` pixels. `room` is at least 4 * most + 16 heads.
 */
PUBLIC int32_t dibuc_patches(const Shape *s, const uint8_t *new, uint8_t *old, const Box *boxes,
                             int32_t count, int32_t red, int32_t most, uint8_t *out,
                             uint64_t room) {
    if (!shape_fits(s) || most < 0 || (red != 0 && red != 2)) return REFUSED;
    if (room < 4 * (uint64_t)most + PATCHES_MOST * sizeof(Head)) return REFUSED;
    Box found[PATCHES_MOST + SPLIT_MOST];
    int32_t patches = 0, pixels = 0;
    for (int32_t i = 0; i < count; i++) {
        if (!box_fits(s, &boxes[i])) return REFUSED;
        int32_t parts = dibuc_split(s, new, old, &boxes[i], found + patches, SPLIT_MOST);
        if (parts < 0) return REFUSED;
        for (int32_t end = patches + parts; patches < end; patches++) {
            if (area(&found[patches]) > most - pixels) return MORE;
            pixels += area(&found[patches]);
        }
        if (patches > PATCHES_MOST) return MORE;
    }
    for (int32_t i = 0; i < patches; i++) {
        out += write_patch(s, new, &found[i], red, out);
        dibuc_paste(s, new, old, &found[i]);
    }
    return patches;
}
