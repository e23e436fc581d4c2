"""Decodes Ogg Vorbis by libvorbisfile: `decode.py FILE OUT FILE OUT ...`.

OUT gets 32-bit floats, all of the first channel, then all of the next.
"""
import ctypes
import sys

lib = ctypes.CDLL("libvorbisfile.so.3")
lib.ov_read_float.restype = ctypes.c_long
lib.ov_read_float.argtypes = [
    ctypes.c_void_p,
    ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p)),
    ctypes.c_int,
    ctypes.POINTER(ctypes.c_int),
]


class Info(ctypes.Structure):
    _fields_ = [("version", ctypes.c_int), ("channels", ctypes.c_int)]


lib.ov_info.restype = ctypes.POINTER(Info)

for name, out in zip(sys.argv[1::2], sys.argv[2::2]):
    # OggVorbis_File is smaller than 1 KiB on every platform.
    file = ctypes.create_string_buffer(4096)
    if lib.ov_fopen(name.encode(), file) != 0:
        sys.exit(f"{name}: not opened")
    channels = [[] for _ in range(lib.ov_info(file, -1).contents.channels)]
    pcm = ctypes.POINTER(ctypes.c_void_p)()
    link = ctypes.c_int()
    while True:
        count = lib.ov_read_float(file, ctypes.byref(pcm), 4096, ctypes.byref(link))
        if count < 0:
            sys.exit(f"{name}: error {count}")
        if count == 0:
            break
        for number, parts in enumerate(channels):
            parts.append(ctypes.string_at(pcm[number], 4 * count))
    lib.ov_clear(file)
    with open(out, "wb") as target:
        for parts in channels:
            target.write(b"".join(parts))
