"""Songs of every kind with every tag structure, made by tools that are not ours.

make.py FOLDER writes the songs and prints a JSON list of
{file, kind, structure, codec, lost}: `lost` names what must be gone afterwards (keys as in
dump.py), all the rest must be equal. Audio is a short tone; what matters is around it.
"""
import base64, json, os, random, struct, subprocess, sys, zlib
from mutagen import id3, apev2, mp4
from mutagen.flac import FLAC, Picture
from mutagen.oggvorbis import OggVorbis
from mutagen.oggopus import OggOpus
from mutagen.wave import WAVE
from mutagen.aiff import AIFF

root = sys.argv[1]
os.makedirs(root, exist_ok=True)
cases = []
rng = random.Random(4)


def run(*args, **kw):
    subprocess.run([str(a) for a in args], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **kw)


def ffmpeg(*args):
    run("ffmpeg", "-nostdin", "-v", "error", "-y", *args)


def path(name):
    return os.path.join(root, name)


def get(name):
    with open(path(name), "rb") as f:
        return f.read()


def put(name, *parts):
    with open(path(name), "wb") as f:
        for p in parts:
            f.write(p)


# ffmpeg takes APE pictures, Lyrics3 and APE in front for audio. Made so that the source itself trips ffmpeg: the output may do so in the same way, not in others.
ffmpeg_trips = {"m14.mp3", "m16.mp3", "m17.mp3", "m33.mp3"}


def song(file, structure, codec=(), lost=(), faststart=False):
    kind = {"aif": "aiff"}.get(file.rsplit(".", 1)[1], file.rsplit(".", 1)[1])
    cases.append(dict(file=file, kind=kind, structure=structure, codec=list(codec), lost=list(lost), faststart=faststart, trips=file in ffmpeg_trips))
    return path(file)


# --- audio and pictures -----------------------------------------------------------------------
tone = ("-f", "lavfi", "-i", "aevalsrc=0.3*sin(440*2*PI*t)+0.05*random(0)|0.3*sin(660*2*PI*t)+0.05*random(1):s=44100:d=1.3")
ffmpeg(*tone, "-c:a", "pcm_s16le", path("_s16.wav"))
ffmpeg(*tone, "-c:a", "pcm_s24le", path("_s24.wav"))
ffmpeg(*tone, "-c:a", "pcm_f32le", path("_f32.wav"))
ffmpeg(*tone, "-ac", "1", "-c:a", "pcm_s16le", path("_mono.wav"))
ffmpeg(*tone, "-ar", "22050", "-c:a", "pcm_s16le", path("_22k.wav"))
ffmpeg("-f", "lavfi", "-i", "anoisesrc=d=1:a=0.1:r=48000", "-af", "pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0", "-c:a", "pcm_s16le", path("_51.wav"))
ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x64:d=1", "-frames:v", "1", path("_cover.png"))
ffmpeg("-f", "lavfi", "-i", "testsrc2=s=96x96:d=1", "-frames:v", "1", path("_cover.jpg"))
png, jpg = get("_cover.png"), get("_cover.jpg")
run("lame", "--quiet", "-b", "192", path("_s16.wav"), path("_a.mp3"))
run("lame", "--quiet", "-V", "2", "--id3v2-only", path("_mono.wav"), path("_mono.mp3"))
run("flac", "-s", "-f", "-o", path("_a.flac"), path("_s16.wav"))
run("oggenc", "-Q", "-q", "4", "-o", path("_a.ogg"), path("_s16.wav"))
run("opusenc", "--quiet", path("_s16.wav"), path("_a.opus"))
ffmpeg("-i", path("_s16.wav"), "-c:a", "aac", path("_a.m4a"))
ffmpeg("-i", path("_s16.wav"), "-f", "aiff", path("_a.aiff"))


def big_jpeg(size):
    """A JPEG with noise behind its end, as large as asked for; decoders stop at the end mark."""
    return jpg + rng.randbytes(size - len(jpg))


big = big_jpeg(20 * 1024 * 1024)
mp3 = get("_a.mp3")

# --- MP3 --------------------------------------------------------------------------------------
lame = ["-c:a", "libmp3lame", "-b:a", "192k"]


def mp3_song(name, structure, frames=(), version=4, v1=0, base=mp3, lost=(), codec=lame):
    file = song(name + ".mp3", structure, codec, lost)
    put(name + ".mp3", base)
    if frames:
        tags = id3.ID3()
        for f in frames:
            tags.add(f)
        if version == 3:
            tags.update_to_v23()
        tags.save(file, v2_version=version, v1=v1)
    return file


def text(**kw):
    return [getattr(id3, k)(encoding=3, text=v if isinstance(v, list) else [v]) for k, v in kw.items()]


basic = text(TIT2="Title é", TPE1="Artist", TALB="Album", TRCK="3/12", TPOS="1/2", TCON="Jazz", TBPM="120", TCMP="1")
cover = id3.APIC(encoding=3, mime="image/jpeg", type=3, desc="front", data=jpg)
v23 = text(TIT2="Tïtle", TPE1="Artist", TALB="Album", TYER="1999", TRCK="3/12", TCMP="1")
mp3_song("m01", "ID3v2.3, cover", v23 + [cover], 3)
mp3_song("m02", "ID3v2.4, several values", text(TPE1=["A1", "A2", "A3"], TCON=["Jazz", "Pop"], TDRC="2001-02-03"))
mp3_song("m03", "several covers", basic + [cover, id3.APIC(encoding=3, mime="image/png", type=4, desc="back", data=png), id3.APIC(encoding=1, mime="image/jpeg", type=6, desc="media Ü", data=jpg * 3)])
mp3_song("m04", "POPM rating and PCNT", basic + [id3.POPM(email="Windows Media Player 9 Series", rating=196, count=12), id3.PCNT(count=77)])
mp3_song("m05", "GEOB (Serato)", basic + [id3.GEOB(encoding=0, mime="application/octet-stream", filename="", desc="Serato Markers2", data=rng.randbytes(900)), id3.GEOB(encoding=0, mime="application/octet-stream", filename="", desc="Serato BeatGrid", data=b"\x01\x00\x00\x00\x00\x01\xff\xe0\xff\x00")])
mp3_song("m06", "UFID, TXXX (MusicBrainz)", basic + [id3.UFID(owner="http://musicbrainz.org", data=b"a0b1c2d3-0000-1111-2222-333344445555"), id3.TXXX(encoding=3, desc="MusicBrainz Album Id", text=["x"]), id3.TXXX(encoding=1, desc="CATALOG", text=["n1", "n2"])])
mp3_song("m07", "USLT, SYLT", basic + [id3.USLT(encoding=3, lang="eng", desc="", text="line\nline 2"), id3.USLT(encoding=1, lang="deu", desc="d", text="Zeile"), id3.SYLT(encoding=3, lang="eng", format=2, type=1, desc="s", text=[("la", 100), ("li", 900)])])
mp3_song("m08", "COMM in languages", basic + [id3.COMM(encoding=3, lang=l, desc=d, text=[t]) for l, d, t in (("eng", "", "c1"), ("deu", "", "c2"), ("eng", "Songs-DB_Custom1", "c3"), ("XXX", "iTunPGAP", "0"))])
mp3_song("m09", "CHAP, CTOC", basic + [id3.CTOC(element_id="toc", flags=3, child_element_ids=["c1", "c2"], sub_frames=text(TIT2="toc")), id3.CHAP(element_id="c1", start_time=0, end_time=600, sub_frames=text(TIT2="one") + [cover]), id3.CHAP(element_id="c2", start_time=600, end_time=1300, sub_frames=text(TIT2="two"))])
mp3_song("m10", "PRIV, WXXX, sort names, MVNM", basic + text(TSOP="sort", TSOA="sa", TSO2="s2", MVNM="mv", MVIN="1/2", GRP1="g", TKEY="Am", TSRC="X") + [id3.PRIV(owner="WM/MediaClassPrimaryID", data=rng.randbytes(16)), id3.WXXX(encoding=3, desc="site", url="http://example.org"), id3.WOAR(url="http://example.org/a"), id3.MCDI(data=rng.randbytes(100)), id3.ETCO(format=2, events=[(1, 100)]), id3.TIPL(encoding=3, people=[["producer", "P"]])])
mp3_song("m11", "ID3v2.3 + ID3v1", v23, 3, 2)
run("lame", "--quiet", "--id3v1-only", "--tt", "One", "--ta", "Two", "--tl", "Three", "--tn", "4", path("_s16.wav"), path("_v1.mp3"))
mp3_song("m12", "ID3v1 only (lame)", base=get("_v1.mp3"))


def ape(file, **items):
    t = apev2.APEv2()
    for k, v in items.items():
        t[k.replace("_SP_", " ")] = v
    t.save(file)


ape(mp3_song("m13", "APEv2 only"), Title="T", Artist=["A", "B"], Album="L", Rating="5")
f = mp3_song("m14", "APEv2 with picture + ID3v1", base=get("_v1.mp3"))
t = apev2.APEv2()
t["Title"], t["Artist"] = "ape", "ä"
t["Cover Art (Front)"] = apev2.APEValue(b"c.jpg\0" + jpg, apev2.BINARY)
t.save(f)
f = mp3_song("m15", "ID3v2.4 + APEv2 + ID3v1", basic + [cover], 4, 2)
ape(f, Title="T", Year="1990")
# mutagen puts APEv2 behind ID3v1 never: check that the order is kept by bytes in dump.py.


def with_lyrics(data):
    body = b"LYRICSBEGIN" + b"IND00002" + b"11" + b"LYR00013" + b"[00:00]la la\n" + b"EAR00006" + b"Artist"
    return data[:-128] + body + b"%06d" % len(body) + b"LYRICS200" + data[-128:]


f = mp3_song("m16", "ID3v2.4 + Lyrics3v2 + ID3v1", basic, 4, 2)
put("m16.mp3", with_lyrics(get("m16.mp3")))
f = mp3_song("m17", "Lyrics3v1 + ID3v1", base=get("_v1.mp3"))
d = get("m17.mp3")
put("m17.mp3", d[:-128], b"LYRICSBEGIN[00:01]old lyrics\r\nLYRICSEND", d[-128:])


def syncsafe(n):
    return bytes([(n >> 21) & 127, (n >> 14) & 127, (n >> 7) & 127, n & 127])


def unsync(b):
    out = bytearray()
    for i, c in enumerate(b):
        out.append(c)
        if c == 255 and (i + 1 == len(b) or b[i + 1] >= 0xE0 or b[i + 1] == 0):
            out.append(0)
    return bytes(out)


def tag(version, flags, body, footer=False):
    head = bytes([version, 0, flags]) + syncsafe(len(body))
    return b"ID3" + head + body + (b"3DI" + head if footer else b"")


def fr3(i, c, flags=b"\0\0"):
    return i + struct.pack(">I", len(c)) + flags + c


def fr4(i, c, flags=b"\0\0"):
    return i + syncsafe(len(c)) + flags + c


def fr2(i, c):
    return i + struct.pack(">I", len(c))[1:] + c


ffs = b"\xff\xe0\xff\x00\xff\xff" * 50
rg = [("REPLAYGAIN_TRACK_GAIN", "-7.03 dB"), ("replaygain_album_peak", "0.98")]
apic3 = fr3(b"APIC", b"\0image/jpeg\0\3front\0" + jpg)
song("m18.mp3", "ID3v2.2: PIC, COM, ULT", lame)
put("m18.mp3", tag(2, 0, fr2(b"TT2", b"\0Old title") + fr2(b"TP1", b"\0Someone") + fr2(b"PIC", b"\0JPG\3x\0" + jpg) + fr2(b"COM", b"\0eng\0hello") + fr2(b"ULT", b"\0eng\0words") + bytes(100)), mp3)
song("m19.mp3", "ID3v2.2 with TXX/RVA/iTunNORM", lame, ["id3:TXXX:replaygain_track_gain", "id3:RVAD", "id3:COMM:iTunNORM:eng"])
put("m19.mp3", tag(2, 0, fr2(b"TT2", b"\0Old title") + fr2(b"TXX", b"\0replaygain_track_gain\0-3 dB") + fr2(b"COM", b"\0engiTunNORM\0 00000200") + fr2(b"RVA", b"\3\x10\0\1\0\1\0\1\0\1") + fr2(b"TP1", b"\0Someone")), mp3)
song("m20.mp3", "ID3v2.3 unsynchronised", lame)
put("m20.mp3", tag(3, 0x80, unsync(fr3(b"TIT2", b"\1\xff\xfeT\0i\0") + fr3(b"PRIV", b"o\0" + ffs) + apic3)), mp3)
song("m21.mp3", "ID3v2.3 unsynchronised + RG", lame, ["id3:TXXX:REPLAYGAIN_TRACK_GAIN"])
put("m21.mp3", tag(3, 0x80, unsync(fr3(b"TIT2", b"\1\xff\xfeT\0i\0") + fr3(b"TXXX", b"\1\xff\xfe" + "REPLAYGAIN_TRACK_GAIN".encode("utf-16le") + b"\0\0\xff\xfe" + "-1 dB".encode("utf-16le")) + fr3(b"PRIV", b"o\0" + ffs) + apic3 + bytes(64))), mp3)
song("m22.mp3", "ID3v2.4 frames unsynchronised", lame, ["id3:TXXX:REPLAYGAIN_TRACK_GAIN"])
priv = unsync(b"o\0" + ffs)
put("m22.mp3", tag(4, 0x80, fr4(b"TIT2", b"\3Title") + fr4(b"TXXX", b"\3REPLAYGAIN_TRACK_GAIN\0-1 dB", b"\0\2") + fr4(b"PRIV", syncsafe(len(ffs) + 2) + priv, b"\0\3")), mp3)
frames3 = fr3(b"TIT2", b"\0Ext") + fr3(b"TPE1", b"\0Header") + apic3
song("m23.mp3", "ID3v2.3 extended header, CRC", lame)
put("m23.mp3", tag(3, 0x40, struct.pack(">IHII", 10, 0x8000, 50, zlib.crc32(frames3)) + frames3 + bytes(50)), mp3)
rg3 = fr3(b"TXXX", b"\0REPLAYGAIN_TRACK_GAIN\0-1 dB")
song("m24.mp3", "ID3v2.3 extended header, CRC + RG", lame, ["id3:TXXX:REPLAYGAIN_TRACK_GAIN"])
put("m24.mp3", tag(3, 0x40, struct.pack(">IHII", 10, 0x8000, 50, zlib.crc32(rg3 + frames3)) + rg3 + frames3 + bytes(50)), mp3)
frames4 = fr4(b"TIT2", b"\3Ext") + fr4(b"TPE1", b"\3Header") + fr4(b"TXXX", b"\3r128_track_gain\0-100")
song("m25.mp3", "ID3v2.4 extended header + R128", lame, ["id3:TXXX:r128_track_gain"])
put("m25.mp3", tag(4, 0x40, syncsafe(8) + b"\1\x40\0" + b"\0" + frames4), mp3)
song("m26.mp3", "ID3v2.4 with footer", lame)
put("m26.mp3", tag(4, 0x10, fr4(b"TIT2", b"\3Foot") + fr4(b"TALB", b"\3er"), True), mp3)
song("m27.mp3", "ID3v2.4 with footer + RVA2", lame, ["id3:RVA2:track"])
put("m27.mp3", tag(4, 0x10, fr4(b"TIT2", b"\3Foot") + fr4(b"RVA2", b"track\0\1\xff\0\0"), True), mp3)
mp3_song("m28", "ReplayGain, R128, iTunNORM, RVA2, RGAD", basic + [id3.TXXX(encoding=3, desc=k, text=[v]) for k, v in rg] + [id3.TXXX(encoding=3, desc="R128_TRACK_GAIN", text=["1"]), id3.COMM(encoding=0, lang="eng", desc="iTunNORM", text=[" 00000001"]), id3.RVA2(desc="album", channel=1, gain=-3.0, peak=0.5), cover], lost=["id3:TXXX:REPLAYGAIN_TRACK_GAIN", "id3:TXXX:replaygain_album_peak", "id3:TXXX:R128_TRACK_GAIN", "id3:COMM:iTunNORM:eng", "id3:RVA2:album"])
f = mp3_song("m29", "APEv2 by mp3gain + ID3v2", basic, lost=["ape:MP3GAIN_MINMAX", "ape:MP3GAIN_UNDO", "ape:REPLAYGAIN_TRACK_GAIN", "ape:REPLAYGAIN_TRACK_PEAK"])
run("mp3gain", "-q", "-r", "-s", "a", f)
f = mp3_song("m30", "APEv2 of a person with mp3gain's items", base=get("_v1.mp3"), lost=["ape:MP3GAIN_MINMAX", "ape:MP3GAIN_UNDO", "ape:REPLAYGAIN_TRACK_GAIN", "ape:REPLAYGAIN_TRACK_PEAK"])
ape(f, Title="T", Artist=["A", "B"])
run("mp3gain", "-q", "-r", f)
mp3_song("m31", "20 MB cover", basic + [id3.APIC(encoding=3, mime="image/jpeg", type=3, desc="", data=big)])
mp3_song("m32", "no tags")
f = mp3_song("m33", "APEv2 in front")
ape(f, Title="T", Artist="A")
d = get("m33.mp3")
put("m33.mp3", d[len(mp3):], mp3)
f = mp3_song("m34", "large padding", basic)
id3.ID3(f).save(f, padding=lambda i: 100_000)
song("m35.mp3", "two ID3v2 tags in a row", lame)
put("m35.mp3", tag(3, 0, frames3), tag(4, 0, fr4(b"TIT2", b"\3Second")), mp3)
run("lame", "--quiet", "-V", "2", "-m", "m", "--id3v2-only", "--tt", "Ünï", "--ta", "X", "--tv", "TXXX=a=b", "--ti", path("_cover.jpg"), path("_mono.wav"), path("m36.mp3"))
song("m36.mp3", "VBR mono, tags by lame", ["-c:a", "libmp3lame", "-q:a", "2"])
run("lame", "--quiet", "-b", "64", path("_22k.wav"), path("_22.mp3"))
mp3_song("m37", "MPEG-2 22.05 kHz", basic, base=get("_22.mp3"), codec=["-c:a", "libmp3lame", "-b:a", "64k"])
mp3_song("m38", "iTunSMPB in COMM", basic + [id3.COMM(encoding=0, lang="eng", desc="iTunSMPB", text=[" 00000000 00000210 000009E4 0000000000 00000000"])], lost=["id3:COMM:iTunSMPB:eng"])
mp3_song("m39", "ID3v2.3 RVAD", lost=["id3:RVAD"])
put("m39.mp3", tag(3, 0, frames3 + fr3(b"RVAD", b"\3\x10\0\1\0\1\0\1\0\1")), mp3)
song("m40.mp3", "tag by ffmpeg", lame)
ffmpeg("-i", path("_s16.wav"), "-i", path("_cover.jpg"), "-map", "0", "-map", "1", "-c:a", "libmp3lame", "-metadata", "title=ff", "-metadata", "lyrics=la", "-id3v2_version", "3", "-write_id3v1", "1", path("m40.mp3"))

# --- FLAC -------------------------------------------------------------------------------------
def picture(data=jpg, mime="image/jpeg", kind=3, desc="cover"):
    p = Picture()
    side = 64 if mime == "image/png" else 96
    p.data, p.mime, p.type, p.desc, p.width, p.height, p.depth = data, mime, kind, desc, side, side, 24
    return p


flac16 = ["-c:a", "flac", "-sample_fmt", "s16"]


def flac_song(name, structure, tags=(), pictures=(), lost=(), codec=flac16, base="_a.flac"):
    file = song(name + ".flac", structure, codec, lost)
    put(name + ".flac", get(base))
    if tags or pictures:
        m = FLAC(file)
        m.tags.extend(tags)
        for p in pictures:
            m.add_picture(p)
        m.save()
    return file


many = [("TITLE", "Tïtle"), ("ARTIST", "A1"), ("GENRE", "Jazz"), ("ARTIST", "A2"), ("artist", "a3"), ("COMMENT", ""), ("X", "=a=b="), ("LYRICS", "l1\nl2"), ("ALBUM", "Album"), ("ALBUMARTIST", "AA"), ("DISCNUMBER", "2"), ("TRACKNUMBER", "7")]
vc_rg = [("REPLAYGAIN_TRACK_GAIN", "-7 dB"), ("replaygain_track_peak", "0.9"), ("REPLAYGAIN_REFERENCE_LOUDNESS", "89 dB"), ("iTunNORM", "0")]
vc_lost = ["vc:" + k for k, _ in vc_rg]
flac_song("f01", "repeated keys in order", many)
flac_song("f02", "three pictures", many, [picture(), picture(png, "image/png", 4, "bäck"), picture(kind=6)])
put("_cue.cue", b'CATALOG 1234567890123\nFILE "a.wav" WAVE\n TRACK 01 AUDIO\n  ISRC ABCDE1234567\n  INDEX 01 00:00:00\n TRACK 02 AUDIO\n  INDEX 00 00:00:40\n  INDEX 01 00:00:50\n')
run("flac", "-s", "-f", "--cuesheet", path("_cue.cue"), "-T", "TITLE=cue", "-o", path("f03.flac"), path("_s16.wav"))
song("f03.flac", "CUESHEET, SEEKTABLE", flac16)
ffmpeg("-i", path("_s16.wav"), "-metadata", "title=foreign", path("_info.wav"))
run("flac", "-s", "-f", "--keep-foreign-metadata", "-o", path("f04.flac"), path("_info.wav"))
song("f04.flac", "APPLICATION (riff)", flac16)
f = flac_song("f05", "SEEKTABLE, large PADDING", many)
run("metaflac", "--add-seekpoint=10x", "--add-padding=100000", f)
f = flac_song("f06", "ID3v2 in front", many, [picture()])
put("f06.flac", tag(3, 0, frames3 + bytes(20)), get("f06.flac"))
f = flac_song("f07", "ReplayGain by metaflac", many, lost=["vc:REPLAYGAIN_REFERENCE_LOUDNESS", "vc:REPLAYGAIN_TRACK_GAIN", "vc:REPLAYGAIN_TRACK_PEAK", "vc:REPLAYGAIN_ALBUM_GAIN", "vc:REPLAYGAIN_ALBUM_PEAK"])
run("metaflac", "--add-replay-gain", f)
run("flac", "-s", "-f", "-o", path("_24.flac"), path("_s24.wav"))
flac_song("f08", "24 bit, loudness tags of all spellings", many + vc_rg, lost=vc_lost, codec=["-c:a", "flac", "-sample_fmt", "s32"], base="_24.flac")
flac_song("f09", "15 MB picture", many, [picture(big[: 15 * 1024 * 1024])])
f = flac_song("f10", "no comment block")
run("metaflac", "--remove-all", "--dont-use-padding", f)
flac_song("f11", "only loudness tags", vc_rg, lost=vc_lost)

# --- Ogg Vorbis and Opus ----------------------------------------------------------------------
def block_picture(p):
    return base64.b64encode(p.write()).decode()


vorbis, opus = ["-c:a", "libvorbis", "-q:a", "4"], ["-c:a", "libopus", "-b:a", "96k"]


def ogg_song(name, structure, tags=(), lost=(), base=None, codec=None):
    ext = name.rsplit(".", 1)[1]
    file = song(name, structure, codec or (vorbis if ext == "ogg" else opus), lost)
    put(name, get(base or "_a." + ext))
    if tags:
        m = (OggVorbis if ext == "ogg" else OggOpus)(file)
        m.tags.extend(tags)
        m.save()
    return file


r128 = [("R128_TRACK_GAIN", "-512"), ("R128_ALBUM_GAIN", "0")]
pic = ("METADATA_BLOCK_PICTURE", block_picture(picture()))
pic2 = ("metadata_block_picture", block_picture(picture(png, "image/png", 4)))
run("oggenc", "-Q", "-q", "2", "-t", "Tïtle", "-a", "A1", "-a", "A2", "-c", "x=y", "-o", path("o02.ogg"), path("_mono.wav"))
for ext, letter in (("ogg", "o"), ("opus", "p")):
    ogg_song(letter + "01." + ext, "repeated keys in order", many)
    ogg_song(letter + "03." + ext, "two pictures", many + [pic, pic2])
    ogg_song(letter + "04." + ext, "20 MB picture", many + [("METADATA_BLOCK_PICTURE", block_picture(picture(big)))])
    ogg_song(letter + "05." + ext, "ReplayGain and R128", many + vc_rg + r128, vc_lost + ["vc:R128_TRACK_GAIN", "vc:R128_ALBUM_GAIN"])
    ogg_song(letter + "06." + ext, "chapters", [("CHAPTER001", "00:00:00.000"), ("CHAPTER001NAME", "Intro"), ("CHAPTER002", "00:00:00.700"), ("CHAPTER002NAME", "Två")])
    ogg_song(letter + "07." + ext, "page-sized comment", [("C", "x" * 64_900), ("D", "y" * 255 * 3)])
song("o02.ogg", "mono, tags by oggenc", vorbis)
f = ogg_song("o08.ogg", "chain of two streams", many)
put("o08.ogg", get("o08.ogg"), get("o02.ogg"))
ffmpeg("-f", "lavfi", "-i", "sine=d=1", "-af", "pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0", "-c:a", "libvorbis", "-metadata", "title=six", path("o09.ogg"))
song("o09.ogg", "5.1, tags by ffmpeg", vorbis)
run("opusenc", "--quiet", "--title", "T", "--artist", "A1", "--artist", "A2", "--picture", path("_cover.jpg"), "--comment", "K=v", path("_s16.wav"), path("p02.opus"))
song("p02.opus", "tags and picture by opusenc", opus)
run("opusenc", "--quiet", "--title", "six", path("_51.wav"), path("p08.opus"))
song("p08.opus", "5.1 (mapping family 1)", opus)
f = ogg_song("p09.opus", "output gain in the header", many + r128, ["vc:R128_TRACK_GAIN", "vc:R128_ALBUM_GAIN"])


def set_output_gain(name, gain):
    d = bytearray(get(name))
    head = d.index(b"OpusHead")
    d[head + 16 : head + 18] = struct.pack("<h", gain)
    d[22:26] = bytes(4)
    crc = 0
    for byte in d[: 27 + d[26] + sum(d[27 : 27 + d[26]])]:
        crc ^= byte << 24
        for _ in range(8):
            crc = ((crc << 1) ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    d[22:26] = struct.pack("<I", crc)
    put(name, bytes(d))


set_output_gain("p09.opus", -700)

# --- M4A --------------------------------------------------------------------------------------
aac = ["-c:a", "aac", "-b:a", "128k"]


def m4a_song(name, structure, tags=None, lost=(), base="_a.m4a", codec=aac, faststart=False):
    file = song(name + ".m4a", structure, codec, lost, faststart)
    put(name + ".m4a", get(base))
    if tags:
        m = mp4.MP4(file)
        if m.tags is None:
            m.add_tags()
        m.tags.update(tags)
        m.save()
    return file


free = lambda s: mp4.MP4FreeForm(s if isinstance(s, bytes) else s.encode(), mp4.AtomDataType.UTF8)
covers = [mp4.MP4Cover(jpg, mp4.MP4Cover.FORMAT_JPEG), mp4.MP4Cover(png, mp4.MP4Cover.FORMAT_PNG)]
words = {"\xa9nam": ["Tïtle"], "\xa9ART": ["A1", "A2"], "\xa9alb": ["Album"], "aART": ["AA"], "trkn": [(3, 12)], "disk": [(1, 2)], "\xa9day": ["1999-01-02"], "\xa9lyr": ["l1\nl2"]}
numbers = {"tmpo": [128], "rtng": [4], "cpil": True, "pgap": True, "stik": [1], "soar": ["sa"], "sonm": ["sn"], "soal": ["sl"], "soaa": ["saa"], "cprt": ["c"], "\xa9grp": ["g"], "\xa9wrt": ["w"], "desc": ["d"], "ldes": ["long"], "hdvd": [0], "catg": ["cat"], "purl": ["http://x"], "egid": ["id"], "cnID": [12345], "plID": [1], "xid ": ["v:isrc:x"], "akID": [0], "ownr": ["o"], "apID": ["me@x"]}
forms = {"----:com.apple.iTunes:MusicBrainz Track Id": [free("mb")], "----:com.apple.iTunes:LABEL": [free("l1"), free("l2")], "----:com.serato.dj:markers": [free(rng.randbytes(300))], "----:com.apple.iTunes:initialkey": [free("Am")]}
bad = {"----:com.apple.iTunes:iTunNORM": [free(" 00000001 00000001")], "----:com.apple.iTunes:replaygain_track_gain": [free("-3 dB")], "----:com.apple.iTunes:REPLAYGAIN_ALBUM_PEAK": [free("1.0")], "----:org.hydrogenaudio.replaygain:replaygain_track_peak": [free("1")]}
smpb = {"----:com.apple.iTunes:iTunSMPB": [free(" 00000000 00000840 000001CA 000000000000DEAD" + " 00000000" * 8)]}
bad_lost = ["mp4:" + k for k in bad]
m4a_song("a01", "words", words)
m4a_song("a02", "numbers, flags, sort names", {**words, **numbers})
m4a_song("a03", "two covers", {**words, "covr": covers})
m4a_song("a04", "freeform atoms", {**words, **forms})
m4a_song("a05", "iTunNORM and ReplayGain atoms", {**words, **forms, **bad, "covr": covers}, bad_lost)
m4a_song("a06", "iTunSMPB", {**words, **smpb}, ["mp4:----:com.apple.iTunes:iTunSMPB"])
m4a_song("a07", "moov in front of mdat (encode)", {**words, **forms, **bad, "covr": covers}, bad_lost, faststart=True)
m4a_song("a08", "20 MB cover, moov in front", {"covr": [mp4.MP4Cover(big, 13)]}, faststart=True)
m4a_song("a09", "no tags", base="_a.m4a")
ffmpeg("-i", path("_s16.wav"), "-map_metadata", "-1", "-fflags", "+bitexact", "-c:a", "aac", path("_bare.m4a"))
m4a_song("a10", "no user data at all", base="_bare.m4a", faststart=True)
put("_chapters.txt", b";FFMETADATA1\ntitle=book\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=First\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=500\nEND=1300\ntitle=Sec\xc3\xb6nd\n")
ffmpeg("-i", path("_s16.wav"), "-i", path("_chapters.txt"), "-map_metadata", "1", "-map_chapters", "1", "-c:a", "aac", path("_chap.m4a"))
m4a_song("a11", "chapters: chpl and text track", words, base="_chap.m4a")
m4a_song("a12", "chapters, moov in front", {**words, **bad}, bad_lost, base="_chap.m4a", faststart=True)
ffmpeg("-i", path("_s16.wav"), "-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov", "-frag_duration", "300000", "-metadata", "title=frag", path("a13.m4a"))
song("a13.m4a", "fragmented source", aac)
m4a_song("a14", "duplicate moov", words)
d = get("a14.m4a")
at = d.index(b"moov") - 4
put("a14.m4a", d, d[at : at + struct.unpack(">I", d[at : at + 4])[0]].replace(b"Album", b"WRONG"))
ffmpeg("-i", path("_s24.wav"), "-c:a", "alac", path("_alac.m4a"))
m4a_song("a15", "ALAC", {**words, **forms, **bad, "covr": covers}, bad_lost, base="_alac.m4a", codec=["-c:a", "alac"])
m4a_song("a16", "XMP in a uuid box", words)
xmp = bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
put("a16.m4a", get("a16.m4a"), struct.pack(">I", 8 + len(xmp)), b"uuid", xmp)
ffmpeg("-i", path("_s16.wav"), "-c:a", "aac", "-movflags", "use_metadata_tags", "-metadata", "title=q", "-metadata", "mykey=myvalue", "-metadata", "replaygain_track_gain=-3 dB", path("a17.m4a"))
song("a17.m4a", "QuickTime keys in meta", aac, ["mp4:\0\0\0\1"])
ffmpeg("-i", path("_s16.wav"), "-c:a", "aac", "-metadata:s:a:0", "language=deu", "-metadata", "title=l", "-movflags", "+faststart", path("a18.m4a"))
song("a18.m4a", "language of the track", aac)

# --- WAV --------------------------------------------------------------------------------------
def chunk(i, c, order="<"):
    return i + struct.pack(order + "I", len(c)) + c + bytes(len(c) % 2)


def riff_song(name, structure, before=(), after=(), base="_s16.wav", codec=("-c:a", "pcm_s16le"), lost=()):
    song(name + ".wav", structure, list(codec), lost)
    d = get(base)
    at = d.index(b"data")
    size = struct.unpack("<I", d[at + 4 : at + 8])[0]
    fmt = d[12 : 20 + struct.unpack("<I", d[16:20])[0]]
    body = b"WAVE" + fmt + b"".join(before) + d[at : at + 8 + size] + b"".join(after)
    put(name + ".wav", b"RIFF", struct.pack("<I", len(body)), body)
    return path(name + ".wav")


info = chunk(b"LIST", b"INFO" + chunk(b"INAM", b"Title\0") + chunk(b"IART", b"Someone\0") + chunk(b"ICMT", b"odd") + chunk(b"ISFT", b"Their tool\0") + chunk(b"ITRK", b"3\0"))
cue = chunk(b"cue ", struct.pack("<I", 2) + b"".join(struct.pack("<II4sIII", n, p, b"data", 0, 0, p) for n, p in ((1, 1000), (2, 30000))))
adtl = chunk(b"LIST", b"adtl" + chunk(b"labl", struct.pack("<I", 1) + b"Drop\0") + chunk(b"note", struct.pack("<I", 2) + b"A note\0") + chunk(b"ltxt", struct.pack("<III4sHHHH", 1, 500, 0, b"rgn ", 0, 0, 0, 0)))
smpl = chunk(b"smpl", struct.pack("<9I", 0, 0, 22675, 60, 0, 0, 0, 1, 0) + struct.pack("<6I", 0, 0, 100, 2000, 0, 0))
ixml = chunk(b"iXML", b'<?xml version="1.0"?><BWFXML><PROJECT>p</PROJECT></BWFXML>')
pmx = chunk(b"_PMX", b"<x:xmpmeta/>")


def bext(version, loudness):
    c = b"Description".ljust(256, b"\0") + b"Originator".ljust(32, b"\0") + b"Ref".ljust(32, b"\0") + b"2020-01-02" + b"10:11:12" + struct.pack("<QH", 12345, version) + bytes(range(64)) + loudness + bytes(180) + b"A=PCM,F=44100\r\n"
    return chunk(b"bext", c)


riff_song("w01", "LIST INFO behind data", after=[info])
riff_song("w02", "LIST INFO in front of data", before=[info])
riff_song("w03", "bext version 1, iXML", before=[bext(1, bytes(10)), ixml])
riff_song("w04", "bext version 2 with loudness", before=[bext(2, struct.pack("<5h", -2300, 700, -100, -1800, -2000))], lost=["bext loudness"])
riff_song("w05", "cue, LIST adtl, smpl, inst", after=[cue, adtl, smpl, chunk(b"inst", b"\x3c\0\0\0\x7f\1\x7f")])
f = riff_song("w06", "id3 chunk with cover (mutagen)")
w = WAVE(f)
w.add_tags()
[w.tags.add(x) for x in basic + [cover]]
w.save()
f = riff_song("w07", "id3 chunk with ReplayGain", after=[info], lost=["id3:TXXX:REPLAYGAIN_TRACK_GAIN", "id3:TXXX:replaygain_album_peak"])
w = WAVE(f)
w.add_tags()
[w.tags.add(x) for x in basic + [id3.TXXX(encoding=3, desc=k, text=[v]) for k, v in rg]]
w.save()
riff_song("w08", "24 bit, _PMX, cart, unknown chunks", before=[chunk(b"JUNK", bytes(27)), pmx], after=[chunk(b"cart", b"0101" + bytes(2044)), chunk(b"XyZ1", rng.randbytes(33)), chunk(b"DISP", struct.pack("<I", 1) + b"name\0"), chunk(b"acid", rng.randbytes(24))], base="_s24.wav", codec=["-c:a", "pcm_s24le"])
riff_song("w09", "float, PEAK, levl left out", before=[chunk(b"fact", struct.pack("<I", 57330)), chunk(b"PEAK", bytes(24))], after=[info, chunk(b"levl", bytes(40))], base="_f32.wav", codec=["-c:a", "pcm_f32le"])
ffmpeg("-i", path("_s16.wav"), "-rf64", "always", "-metadata", "title=rf", path("w10.wav"))
d = get("w10.wav")
put("w10.wav", d[:20], struct.pack("<Q", struct.unpack("<Q", d[20:28])[0] + len(cue)), d[28:], cue)
song("w10.wav", "RF64 source, RIFF encode", ["-c:a", "pcm_s16le"])
riff_song("w11", "RF64 encode", before=[bext(1, bytes(10))], after=[info, cue], codec=["-c:a", "pcm_s16le", "-rf64", "always"])
riff_song("w12", "odd mono data", after=[info], base="_mono.wav", codec=["-c:a", "pcm_s16le"])
ffmpeg("-i", path("_s16.wav"), "-write_bext", "1", "-metadata", "description=d", "-metadata", "originator=o", "-metadata", "title=t", path("w13.wav"))
song("w13.wav", "bext and INFO by ffmpeg", ["-c:a", "pcm_s16le"])

# --- AIFF -------------------------------------------------------------------------------------
def aiff_song(name, structure, before=(), after=(), base="_a.aiff", codec=("-c:a", "pcm_s16be"), lost=()):
    song(name, structure, list(codec), lost)
    d = get(base)
    at = d.index(b"SSND")
    size = struct.unpack(">I", d[at + 4 : at + 8])[0]
    comm = d.index(b"COMM")
    head = d[8:12] + d[12 : comm + 8 + struct.unpack(">I", d[comm + 4 : comm + 8])[0]]
    body = head + b"".join(before) + d[at : at + 8 + size + size % 2] + b"".join(after)
    put(name, b"FORM", struct.pack(">I", len(body)), body)
    return path(name)


big_endian = lambda i, c: chunk(i, c, ">")
texts = [big_endian(b"NAME", b"Name"), big_endian(b"AUTH", b"Author"), big_endian(b"(c) ", b"1999 me"), big_endian(b"ANNO", b"odd"), big_endian(b"ANNO", b"second note")]
mark = big_endian(b"MARK", struct.pack(">H", 2) + struct.pack(">HI", 1, 100) + b"\x05start" + struct.pack(">HI", 2, 900) + b"\x03end")
inst = big_endian(b"INST", struct.pack(">6bh", 60, 0, 0, 127, 1, 127, 0) + struct.pack(">HHH", 1, 1, 2) + struct.pack(">HHH", 0, 0, 0))
comt = big_endian(b"COMT", struct.pack(">HIHH", 1, 3000000000, 1, 6) + b"remark")
appl = big_endian(b"APPL", b"stoc" + rng.randbytes(31))
aiff_song("i01.aiff", "NAME, AUTH, (c), ANNO twice", texts)
aiff_song("i02.aiff", "MARK, INST, COMT, APPL", [mark, comt], [inst, appl, big_endian(b"MIDI", bytes(5))])
f = aiff_song("i03.aiff", "ID3 with cover (mutagen)", texts)
a = AIFF(f)
a.add_tags()
[a.tags.add(x) for x in basic + [cover]]
a.save()
f = aiff_song("i04.aiff", "ID3 with ReplayGain", after=[mark], lost=["id3:TXXX:REPLAYGAIN_TRACK_GAIN", "id3:TXXX:replaygain_album_peak"])
a = AIFF(f)
a.add_tags()
[a.tags.add(x) for x in basic + [id3.TXXX(encoding=3, desc=k, text=[v]) for k, v in rg]]
a.save()
ffmpeg("-i", path("_s24.wav"), "-c:a", "pcm_s24be", path("_24.aiff"))
aiff_song("i05.aiff", "24 bit", texts, [mark], base="_24.aiff", codec=["-c:a", "pcm_s24be"])
ffmpeg("-i", path("_f32.wav"), "-c:a", "pcm_f32be", path("_f32.aiff"))
aiff_song("i06.aiff", "AIFF-C, float", texts, [mark, inst], base="_f32.aiff", codec=["-c:a", "pcm_f32be"])
f = aiff_song("i07.aiff", "20 MB cover")
a = AIFF(f)
a.add_tags()
a.tags.add(id3.APIC(encoding=3, mime="image/jpeg", type=3, desc="", data=big))
a.save()

print(json.dumps(cases))
