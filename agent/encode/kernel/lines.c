/* Lines of text, and packing them by columns: a letter is then one piece of the stream. */
#include "picture.h"

enum { HIGHEST = 127, BY_COLUMNS = 0x80 };

/* Whether all pixels of a row are equal. */
static int plain_row(const uint8_t *row, int32_t wide) {
    return wide < 2 || same(row, row + PIXEL, wide - 1);
}

/*
 * Whether columns of a band have about as many equal neighbours as its rows, as letters do. Shades
 * do not: what lies above each other differs there.
 */
static int is_text(const Shape *s, const uint8_t *first, int32_t wide, int32_t high) {
    uint64_t beside = 0, above = 0;
    for (int32_t y = 0; y < high; y++) {
        const uint8_t *row = first + (size_t)y * (size_t)s->stride;
        uint32_t equal = 0;
        for (int32_t x = 1; x < wide; x++) {
            equal += pixel(row + x * PIXEL) == pixel(row + (x - 1) * PIXEL);
        }
        beside += equal;
        if (!y) continue;
        equal = 0;
        for (int32_t x = 0; x < wide; x++) {
            equal += pixel(row + x * PIXEL) == pixel(row + x * PIXEL - s->stride);
        }
        above += equal;
    }
    return 2 * above >= beside;
}

/*
 * Cut a box into bands of rows, where lines of text end: in a row of one colour, or one that
 * equals the next one. Each is a byte of `out`: its height, and BY_COLUMNS for text. Answers
 * how many there are, 0 if none is text; `room` is at least the box's height.
 */
PUBLIC int32_t dibuc_bands(const Shape *s, const uint8_t *picture, const Box *box, uint8_t *out,
                           int32_t room) {
    if (!shape_fits(s) || !box_fits(s, box)) return REFUSED;
    int32_t wide = box->x1 - box->x0, high = box->y1 - box->y0;
    if (room < high) return REFUSED;
    const uint8_t *first = at(s, picture, box->x0, box->y0);
    int32_t count = 0, texts = 0, begin = 0, rows = 0;
    int was_quiet = 1, equal_above = 0;
    for (int32_t y = 0; y <= high; y++) {
        int quiet = 1, equal_below = 0;
        if (y < high) {
            const uint8_t *row = first + (size_t)y * (size_t)s->stride;
            equal_below = y + 1 < high && same(row, row + s->stride, wide);
            quiet = equal_above || equal_below || plain_row(row, wide);
        }
        equal_above = equal_below;
        if (y < high && quiet == was_quiet) continue;
        /* From `begin` to here all rows are quiet, or none is. */
        int32_t length = y - begin;
        const uint8_t *from = first + (size_t)begin * (size_t)s->stride;
        if (!was_quiet && length > 1 && length <= HIGHEST && is_text(s, from, wide, length)) {
            for (; rows; rows -= least(rows, HIGHEST)) out[count++] = (uint8_t)least(rows, HIGHEST);
            out[count++] = (uint8_t)(BY_COLUMNS | length);
            texts++;
        } else {
            rows += length;
        }
        begin = y;
        was_quiet = quiet;
    }
    for (; rows; rows -= least(rows, HIGHEST)) out[count++] = (uint8_t)least(rows, HIGHEST);
    return texts ? count : 0;
}

static inline uint8_t *packed(const uint8_t *from, int32_t red, uint8_t *out) {
    out[0] = from[red];
    out[1] = from[1];
    out[2] = from[2 - red];
    return out + 3;
}

/* Pack a box as RGB, band by band; those BY_COLUMNS column by column, each from the top. */
PUBLIC int32_t dibuc_pack_bands(const Shape *s, const uint8_t *picture, const Box *box, int32_t red,
                                const uint8_t *bands, int32_t count, uint8_t *out, uint64_t size) {
    if (!shape_fits(s) || !box_fits(s, box) || (red != 0 && red != 2)) return REFUSED;
    int32_t wide = box->x1 - box->x0, high = 0;
    for (int32_t i = 0; i < count; i++) high += bands[i] & HIGHEST;
    if (high != box->y1 - box->y0 || size != (uint64_t)wide * (uint64_t)high * 3) return REFUSED;
    const uint8_t *first = at(s, picture, box->x0, box->y0);
    for (int32_t i = 0; i < count; i++) {
        int32_t length = bands[i] & HIGHEST;
        if (bands[i] & BY_COLUMNS) {
            for (int32_t x = 0; x < wide; x++) {
                const uint8_t *from = first + (size_t)x * PIXEL;
                for (int32_t y = 0; y < length; y++, from += s->stride) {
                    out = packed(from, red, out);
                }
            }
        } else {
            for (int32_t y = 0; y < length; y++) {
                const uint8_t *from = first + (size_t)y * (size_t)s->stride;
                for (int32_t x = 0; x < wide; x++, from += PIXEL) out = packed(from, red, out);
            }
        }
        first += (size_t)length * (size_t)s->stride;
    }
    return 0;
}
