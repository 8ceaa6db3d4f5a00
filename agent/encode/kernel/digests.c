/* Recognising tiles that were seen before, without keeping their pixels. */
#include "picture.h"

enum { WORDS = TILE * TILE, SHIFT = 4, KEY_WORDS = WORDS + SHIFT };

/*
 * Write 16 bytes for each marked tile: two NH hashes (RFC 4418, 5.2.2) of its pixels, the second with
 * the key shifted by four words (Toeplitz). Two different tiles have the same 16 bytes once in 2^64, for
 * whoever does not know the key, whatever they draw. Pixels beyond the screen's edge count as 0.
 */
PUBLIC int32_t dibuc_digest(const Shape *s, const uint8_t *picture, const uint8_t *cells,
                            uint64_t count, const uint32_t *key, uint64_t *out) {
    if (!shape_fits(s) || !cells_fit(s, count)) return REFUSED;
    int32_t columns = tiles(s->width);
    uint32_t words[WORDS];
    for (int32_t cell = 0; (uint64_t)cell < count; cell++) {
        if (!cells[cell]) continue;
        int32_t x0 = cell % columns * TILE, y0 = cell / columns * TILE;
        int32_t w = least(TILE, s->width - x0), h = least(TILE, s->height - y0);
        if (w < TILE || h < TILE) memset(words, 0, sizeof words);
        for (int32_t y = 0; y < h; y++) {
            const uint8_t *row = at(s, picture, x0, y0 + y);
            for (int32_t x = 0; x < w; x++) words[y * TILE + x] = pixel(row + x * PIXEL);
        }
        uint64_t one = 0, two = 0;
        for (int32_t i = 0; i < WORDS; i += 2) {
            one += (uint64_t)(uint32_t)(words[i] + key[i]) * (uint32_t)(words[i + 1] + key[i + 1]);
            two += (uint64_t)(uint32_t)(words[i] + key[i + SHIFT]) *
                   (uint32_t)(words[i + 1] + key[i + 1 + SHIFT]);
        }
        out[2 * (size_t)cell] = one;
        out[2 * (size_t)cell + 1] = two;
    }
    return KEY_WORDS;
}

/* Set out[i] for each marked tile whose digests are the same in both; answer how many are. */
PUBLIC int32_t dibuc_recognise(const uint64_t *one, const uint64_t *two, const uint8_t *cells,
                               uint64_t count, uint8_t *out) {
    int32_t found = 0;
    for (uint64_t i = 0; i < count; i++) {
        out[i] = cells[i] && one[2 * i] == two[2 * i] && one[2 * i + 1] == two[2 * i + 1];
        found += out[i];
    }
    return found;
}
