/*
 * The inner loops of the picture: what changed, what moved, what looks like a photograph.
 *
 * Pictures have four bytes a pixel, of which the fourth means nothing and is never compared.
 * Both pictures of a call have one shape. Every function checks shape and boxes and answers
 * REFUSED for what does not fit, so a wrong caller cannot make it read or write outside.
 * plain.py says the same in Python; the tests hold the two against each other.
 */
#ifndef DIBUC_PICTURE_H
#define DIBUC_PICTURE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
#define PUBLIC __declspec(dllexport)
#else
#define PUBLIC __attribute__((visibility("default")))
#endif

enum { TILE = 16, PIXEL = 4, SPLIT_MOST = 16, REFUSED = -1 };

static const uint32_t COLOUR = 0x00FFFFFFu;
static const uint64_t COLOURS = 0x00FFFFFF00FFFFFFu;

typedef struct {
    int32_t width, height, stride; /* pixels, pixels, bytes */
    uint64_t size;                 /* bytes of each picture */
} Shape;

typedef struct {
    int32_t x0, y0, x1, y1; /* inside, inside, outside, outside */
} Box;

static inline int shape_fits(const Shape *s) {
    if (s->width < 1 || s->height < 1 || s->width > 16384 || s->height > 16384) return 0;
    if (s->stride < s->width * PIXEL) return 0;
    return (uint64_t)(s->height - 1) * (uint64_t)s->stride + (uint64_t)s->width * PIXEL <= s->size;
}

static inline int box_fits(const Shape *s, const Box *b) {
    return b->x0 >= 0 && b->y0 >= 0 && b->x0 < b->x1 && b->y0 < b->y1 && b->x1 <= s->width &&
           b->y1 <= s->height;
}

static inline int32_t tiles(int32_t pixels) { return (pixels + TILE - 1) / TILE; }
static inline int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
static inline int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }

static inline int cells_fit(const Shape *s, uint64_t count) {
    return count == (uint64_t)tiles(s->width) * (uint64_t)tiles(s->height);
}

static inline const uint8_t *at(const Shape *s, const uint8_t *picture, int32_t x, int32_t y) {
    return picture + (size_t)y * (size_t)s->stride + (size_t)x * PIXEL;
}

static inline uint32_t pixel(const uint8_t *from) {
    uint32_t value;
    memcpy(&value, from, sizeof value);
    return value & COLOUR;
}

static inline uint64_t pixels(const uint8_t *from) {
    uint64_t value;
    memcpy(&value, from, sizeof value);
    return value & COLOURS;
}

/* Whether `count` pixels in a row are the same. */
static inline int same(const uint8_t *a, const uint8_t *b, int32_t count) {
    int32_t done = 0;
    for (; done + 8 <= count; done += 8) {
        uint64_t differ = 0;
        for (int32_t i = 0; i < 8; i += 2) {
            differ |= pixels(a + (done + i) * PIXEL) ^ pixels(b + (done + i) * PIXEL);
        }
        if (differ) return 0;
    }
    for (; done < count; done++) {
        if (pixel(a + done * PIXEL) != pixel(b + done * PIXEL)) return 0;
    }
    return 1;
}

/* Whether `h` rows of `w` pixels are the same. */
static inline int same_tile(const Shape *s, const uint8_t *a, const uint8_t *b, int32_t w,
                            int32_t h) {
    for (int32_t y = 0; y < h; y++) {
        if (!same(a + (size_t)y * (size_t)s->stride, b + (size_t)y * (size_t)s->stride, w)) return 0;
    }
    return 1;
}

/* Of changes.c, looks.c, lines.c and copies.c, for patches.c. */
int32_t dibuc_split(const Shape *s, const uint8_t *new, const uint8_t *old, const Box *box,
                    Box *out, int32_t room);
int32_t dibuc_pack(const Shape *s, const uint8_t *picture, const Box *box, int32_t red,
                   uint8_t *out, uint64_t size);
int32_t dibuc_bands(const Shape *s, const uint8_t *picture, const Box *box, uint8_t *out,
                    int32_t room);
int32_t dibuc_pack_bands(const Shape *s, const uint8_t *picture, const Box *box, int32_t red,
                         const uint8_t *bands, int32_t count, uint8_t *out, uint64_t size);
int32_t dibuc_paste(const Shape *s, const uint8_t *from, uint8_t *to, const Box *box);

#endif
