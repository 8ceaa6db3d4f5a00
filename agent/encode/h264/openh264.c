/*
 * A few functions that Python can call without knowing OpenH264's structures, whose layout is
 * another one from version to version: this is compiled with the headers of the library that it
 * runs with, and refuses every other one.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wels/codec_api.h>
#include <wels/codec_ver.h>

#if defined(_WIN32)
#define PUBLIC __declspec(dllexport)
#else
#define PUBLIC __attribute__((visibility("default")))
#endif

enum { REFUSED = -1, FRAMES_A_SECOND = 25 };
/* IEC 61966-2-1 (sRGB): what a screen's pixels are, so that no browser bends their brightness. */
enum { TRANSFER_SRGB = 13 };
/* The filter at the edges of blocks, -6 to 6: less of it keeps more of a film for fewer bytes. */
enum { FILTER = -3 };

typedef struct {
    ISVCEncoder *encoder;
    int32_t width, height;
} Film;

/* A film of even width and height. `sharpest` and `coarsest` are quantisers, 0 to 51. */
PUBLIC Film *dibuc_film_open(int32_t width, int32_t height, int32_t bits_a_second, int32_t sharpest,
                             int32_t coarsest) {
    OpenH264Version library = WelsGetCodecVersion();
    if (library.uMajor != OPENH264_MAJOR || library.uMinor != OPENH264_MINOR) return NULL;
    if (width < 16 || height < 16 || width % 2 || height % 2) return NULL;
    Film *film = calloc(1, sizeof *film);
    if (!film) return NULL;
    film->width = width;
    film->height = height;
    SEncParamExt p;
    if (WelsCreateSVCEncoder(&film->encoder) || !film->encoder) {
        free(film);
        return NULL;
    }
    ISVCEncoder *e = film->encoder;
    int quiet = WELS_LOG_QUIET;
    (*e)->SetOption(e, ENCODER_OPTION_TRACE_LEVEL, &quiet);
    (*e)->GetDefaultParams(e, &p);
    p.iUsageType = CAMERA_VIDEO_REAL_TIME;
    p.iPicWidth = width;
    p.iPicHeight = height;
    p.iTargetBitrate = bits_a_second;
    p.iMaxBitrate = UNSPECIFIED_BIT_RATE;
    p.iRCMode = RC_BITRATE_MODE;
    p.fMaxFrameRate = FRAMES_A_SECOND;
    p.iMinQp = sharpest;
    p.iMaxQp = coarsest;
    p.iComplexityMode = LOW_COMPLEXITY;
    p.iEntropyCodingModeFlag = 1; /* CABAC: a third fewer bytes for a tenth more time */
    p.uiIntraPeriod = 0;
    p.iNumRefFrame = 1;
    p.iMultipleThreadIdc = 1;
    p.eSpsPpsIdStrategy = CONSTANT_ID;
    /* Every frame that is coded is sent, and the first one only is a key frame. */
    p.bEnableFrameSkip = 0;
    p.bEnableSceneChangeDetect = 0;
    p.bEnableLongTermReference = 0;
    p.bEnableDenoise = 0;
    p.bEnableAdaptiveQuant = 0;
    /* Of a film with grain it costs a twentieth more bytes, and nothing looks better for it. */
    p.bEnableBackgroundDetection = 0;
    p.iLoopFilterAlphaC0Offset = FILTER;
    p.iLoopFilterBetaOffset = FILTER;
    p.iSpatialLayerNum = 1;
    SSpatialLayerConfig *layer = &p.sSpatialLayers[0];
    layer->iVideoWidth = width;
    layer->iVideoHeight = height;
    layer->fFrameRate = FRAMES_A_SECOND;
    layer->iSpatialBitrate = bits_a_second;
    layer->iMaxSpatialBitrate = UNSPECIFIED_BIT_RATE;
    layer->sSliceArgument.uiSliceMode = SM_SINGLE_SLICE;
    layer->bVideoSignalTypePresent = 1;
    layer->uiVideoFormat = VF_UNDEF;
    layer->bFullRange = 1;
    layer->bColorDescriptionPresent = 1;
    layer->uiColorPrimaries = CP_BT709;
    layer->uiTransferCharacteristics = TRANSFER_SRGB;
    layer->uiColorMatrix = CM_BT709;
    if ((*e)->InitializeExt(e, &p)) {
        WelsDestroySVCEncoder(e);
        free(film);
        return NULL;
    }
    return film;
}

/*
 * Code one picture: `size` bytes of I420 (all of Y, then U, then V). Writes the access unit to
 * `out` and answers its length; `is_key` becomes 1 if it is a key frame, else 0.
 */
PUBLIC int32_t dibuc_film_encode(Film *film, const uint8_t *picture, uint64_t size, uint8_t *out,
                                 int32_t room, int32_t *is_key) {
    int32_t w = film->width, h = film->height;
    uint64_t luma = (uint64_t)w * (uint64_t)h;
    if (size != luma * 3 / 2) return REFUSED;
    SSourcePicture source;
    memset(&source, 0, sizeof source);
    source.iColorFormat = videoFormatI420;
    source.iPicWidth = w;
    source.iPicHeight = h;
    source.iStride[0] = w;
    source.iStride[1] = source.iStride[2] = w / 2;
    source.pData[0] = (uint8_t *)picture;
    source.pData[1] = (uint8_t *)picture + luma;
    source.pData[2] = (uint8_t *)picture + luma * 5 / 4;
    SFrameBSInfo coded;
    memset(&coded, 0, sizeof coded);
    if ((*film->encoder)->EncodeFrame(film->encoder, &source, &coded)) return REFUSED;
    int32_t length = 0;
    for (int i = 0; i < coded.iLayerNum; i++) {
        const SLayerBSInfo *layer = &coded.sLayerInfo[i];
        int32_t part = 0;
        for (int n = 0; n < layer->iNalCount; n++) part += layer->pNalLengthInByte[n];
        if (part > room - length) return REFUSED;
        memcpy(out + length, layer->pBsBuf, (size_t)part);
        length += part;
    }
    *is_key = coded.eFrameType == videoFrameTypeIDR;
    return length;
}

/* Aim at another rate from the next picture on. */
PUBLIC int32_t dibuc_film_rate(Film *film, int32_t bits_a_second) {
    SBitrateInfo rate = {SPATIAL_LAYER_ALL, bits_a_second};
    return (*film->encoder)->SetOption(film->encoder, ENCODER_OPTION_BITRATE, &rate) ? REFUSED : 0;
}

PUBLIC void dibuc_film_close(Film *film) {
    (*film->encoder)->Uninitialize(film->encoder);
    WelsDestroySVCEncoder(film->encoder);
    free(film);
}
