/* What a part of the picture looks like, and packing it for the coders. */
#include "picture.h"

enum { SAMPLED = 4, GENTLE = 16, UNEQUAL_PERCENT = 65, GENTLE_PERCENT = 45 };

/*
 * Set out[i] for each marked tile that looks like a photograph: of every fourth row's pixels,
 * many differ from their right neighbour, or many by a little, in the second byte (green).
 */
PUBLIC int32_t dibuc_photographic(const Shape *s, const uint8_t *picture, const uint8_t *cells,
                                  uint8_t *out, uint64_t count) {
    if (!shape_fits(s) || !cells_fit(s, count)) return REFUSED;
    int32_t columns = tiles(s->width), photographic = 0;
    for (int32_t cell = 0; (uint64_t)cell < count; cell++) {
        out[cell] = 0;
        if (!cells[cell]) continue;
        int32_t x0 = cell % columns * TILE, y0 = cell / columns * TILE;
        int32_t x1 = least(x0 + TILE, s->width), y1 = least(y0 + TILE, s->height);
        int32_t seen = 0, unequal = 0, gentle = 0;
        for (int32_t y = y0; y < y1; y += SAMPLED) {
            const uint8_t *green = at(s, picture, 0, y) + 1;
            seen += x1 - x0;
            for (int32_t x = x0; x < least(x1, s->width - 1); x++) {
                int32_t step = abs(green[x * PIXEL] - green[(x + 1) * PIXEL]);
                unequal += step > 0;
                gentle += step > 0 && step <= GENTLE;
            }
        }
        out[cell] = unequal * 100 >= UNEQUAL_PERCENT * seen || gentle * 100 >= GENTLE_PERCENT * seen;
        photographic += out[cell];
    }
    return photographic;
}

/* Set out[i] for each marked tile that is of one colour; answer how many are. */
PUBLIC int32_t dibuc_flat(const Shape *s, const uint8_t *picture, const uint8_t *cells, uint8_t *out,
                          uint64_t count) {
    if (!shape_fits(s) || !cells_fit(s, count)) return REFUSED;
    int32_t columns = tiles(s->width), found = 0;
    for (int32_t cell = 0; (uint64_t)cell < count; cell++) {
        out[cell] = 0;
        if (!cells[cell]) continue;
        int32_t x = cell % columns * TILE, y = cell / columns * TILE, flat = 1;
        int32_t w = least(TILE, s->width - x), h = least(TILE, s->height - y);
        uint32_t first = pixel(at(s, picture, x, y));
        for (int32_t row = 0; flat && row < h; row++) {
            const uint8_t *from = at(s, picture, x, y + row);
            for (int32_t i = 0; i < w; i++) flat &= pixel(from + i * PIXEL) == first;
        }
        out[cell] = (uint8_t)flat;
        found += flat;
    }
    return found;
}

/* Pack a box as RGB, three bytes a pixel, rows from the top. `red` is the place of red: 0 or 2. */
PUBLIC int32_t dibuc_pack(const Shape *s, const uint8_t *picture, const Box *box, int32_t red,
                          uint8_t *out, uint64_t size) {
    if (!shape_fits(s) || !box_fits(s, box) || (red != 0 && red != 2)) return REFUSED;
    int32_t wide = box->x1 - box->x0;
    if (size != (uint64_t)wide * (uint64_t)(box->y1 - box->y0) * 3) return REFUSED;
    for (int32_t y = box->y0; y < box->y1; y++) {
        const uint8_t *from = at(s, picture, box->x0, y);
        for (int32_t x = 0; x < wide; x++, from += PIXEL, out += 3) {
            out[0] = from[red];
            out[1] = from[1];
            out[2] = from[2 - red];
        }
    }
    return 0;
}

static uint8_t clipped(int32_t value) { return (uint8_t)(value < 255 ? value : 255); }

/*
 * A box as I420 in the colours of BT.709, full range: all of Y, then U, then V. Odd sides are made
 * even by repeating the last column or row. The factors are ITU-R BT.709-6's, 3.2, times 65536.
 */
PUBLIC int32_t dibuc_yuv(const Shape *s, const uint8_t *picture, const Box *box, int32_t red,
                         uint8_t *out, uint64_t size) {
    if (!shape_fits(s) || !box_fits(s, box) || (red != 0 && red != 2)) return REFUSED;
    int32_t w = (box->x1 - box->x0 + 1) & ~1, h = (box->y1 - box->y0 + 1) & ~1;
    uint64_t luma = (uint64_t)w * (uint64_t)h;
    if (size != luma * 3 / 2) return REFUSED;
    uint8_t *u = out + luma, *v = u + luma / 4;
    for (int32_t y = 0; y < h; y += 2) {
        for (int32_t x = 0; x < w; x += 2) {
            int32_t r = 0, g = 0, b = 0;
            for (int32_t i = 0; i < 4; i++) {
                const uint8_t *p = at(s, picture, least(box->x0 + x + (i & 1), box->x1 - 1),
                                      least(box->y0 + y + (i >> 1), box->y1 - 1));
                r += p[red];
                g += p[1];
                b += p[2 - red];
                out[(size_t)(y + (i >> 1)) * (size_t)w + (size_t)(x + (i & 1))] =
                    (uint8_t)((13933 * p[red] + 46871 * p[1] + 4732 * p[2 - red] + 32768) >> 16);
            }
            /* Four pixels' sums: two bits more to shift away. */
            *u++ = clipped((-7509 * r - 25259 * g + 32768 * b + (257 << 17)) >> 18);
            *v++ = clipped((32768 * r - 29763 * g - 3005 * b + (257 << 17)) >> 18);
        }
    }
    return 0;
}
