"""Decodes Ogg Vorbis in fixed point by Tremor, libvorbisidec: `tremor.py FILE OUT FILE OUT ...`.

OUT gets interleaved 16-bit samples.
"""
import ctypes
import sys

libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
lib = ctypes.CDLL("libvorbisidec.so.1")
lib.ov_open.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_long]
lib.ov_read.restype = ctypes.c_long

for name, out in zip(sys.argv[1::2], sys.argv[2::2]):
    # OggVorbis_File is smaller than 1 KiB on every platform.
    file = ctypes.create_string_buffer(4096)
    if lib.ov_open(libc.fopen(name.encode(), b"rb"), file, None, 0) != 0:
        sys.exit(f"{name}: not opened")
    samples = ctypes.create_string_buffer(65536)
    link = ctypes.c_int()
    with open(out, "wb") as target:
        while True:
            count = lib.ov_read(file, samples, len(samples), ctypes.byref(link))
            if count < 0:
                sys.exit(f"{name}: error {count}")
            if count == 0:
                break
            target.write(ctypes.string_at(samples, count))
    lib.ov_clear(file)
