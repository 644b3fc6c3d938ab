#!/usr/bin/env python3
"""Makes assets/emoji from a colour font: one small picture for each emoji, and the list that says which is which.

    python3 -m venv /tmp/emoji && /tmp/emoji/bin/pip install pillow
    /tmp/emoji/bin/python tools/emoji/build.py NotoColorEmoji.ttf emojis-0.9.1/src/gen/mod.rs

The font is that of Debian's fonts-noto-color-emoji (SIL Open Font License 1.1); the second file is the list of the crate
`emojis`, by which the window knows their names. What the font does not have is left out.

    list.txt    one emoji a line
    emoji.bin   for each of them a WebP of SIDE x SIDE pixels, one after the other; before them, as little-endian u32,
                where each begins, and where the last ends (counted from the end of these numbers)
"""

import io
import pathlib
import re
import struct
import sys

from PIL import Image, ImageDraw, ImageFont

SIDE = 40
# The one size that the font has bitmaps for, and what one emoji takes of it.
FONT_SIZE, ADVANCE, ROOM = 109, 136, (136, 160)
QUALITY = 64


def main(font_path: str, names_path: str) -> None:
    source = pathlib.Path(names_path).read_text(encoding="utf-8")
    wanted = re.findall(r'Emoji \{ emoji: "([^"]+)"', source)
    font = ImageFont.truetype(font_path, FONT_SIZE, layout_engine=ImageFont.Layout.RAQM)
    missing = picture(font, "\U0010fffd").tobytes()
    kept, pictures = [], []
    for emoji in wanted:
        # More than one glyph: the font does not have it as one.
        if abs(font.getlength(emoji) - ADVANCE) > 1:
            continue
        drawn = picture(font, emoji)
        if drawn.getbbox() is None or drawn.tobytes() == missing:
            continue
        kept.append(emoji)
        pictures.append(webp(drawn))
    places, at = [0], 0
    for one in pictures:
        at += len(one)
        places.append(at)
    out = pathlib.Path(__file__).resolve().parents[2] / "assets" / "emoji"
    out.mkdir(parents=True, exist_ok=True)
    (out / "list.txt").write_text("".join(f"{emoji}\n" for emoji in kept), encoding="utf-8")
    numbers = struct.pack(f"<{len(places)}I", *places)
    (out / "emoji.bin").write_bytes(numbers + b"".join(pictures))
    print(f"{len(kept)} of {len(wanted)} emojis, {at} bytes")


def picture(font: ImageFont.FreeTypeFont, emoji: str) -> Image.Image:
    image = Image.new("RGBA", ROOM, (0, 0, 0, 0))
    ImageDraw.Draw(image).text((0, 8), emoji, font=font, embedded_color=True)
    return image


def webp(image: Image.Image) -> bytes:
    box = image.getbbox()
    # All emojis are cut alike, so that they stay as large as each other: as wide as the font's cell, and in its middle.
    middle = (box[1] + box[3]) // 2
    top = max(0, min(ROOM[1] - ROOM[0], middle - ROOM[0] // 2))
    square = image.crop((0, top, ROOM[0], top + ROOM[0]))
    small = square.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=QUALITY, method=6, alpha_quality=80)
    return out.getvalue()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
