"""Markdown (GitHub's, with tables) → HTML → Document."""

import ctypes
from dataclasses import replace
from typing import Any

from cmarkgfm import _cmark, cmark

from monitor.errors import ExtractError
from monitor.extract.html import read as read_html
from monitor.model import Document

MAX_MARKUP = 64 * 1024 * 1024  #: characters of HTML; a run of ">" becomes thirty times longer


_OPTIONS = cmark.Options.CMARK_OPT_UNSAFE
_EXTENSIONS = ("table", "strikethrough")


class _Allocator(ctypes.Structure):
    """cmark_mem of cmark-gfm.h: calloc, realloc, free."""

    _fields_ = (
        ("calloc", ctypes.c_void_p),
        ("realloc", ctypes.c_void_p),
        ("free", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    )


_LIBRARY = ctypes.CDLL(_cmark.__file__)
_LIBRARY.cmark_node_free.argtypes = [ctypes.c_void_p]
_LIBRARY.cmark_get_default_mem_allocator.restype = ctypes.POINTER(_Allocator)
_ALLOCATOR = _LIBRARY.cmark_get_default_mem_allocator().contents


def read(text: str) -> Document:
    """The document of a Markdown text. Raises ExtractError as HTML does."""
    markup = _html(text)
    if len(markup) > MAX_MARKUP:
        raise ExtractError("too_large", f"the text becomes {len(markup):,} characters of HTML")
    return replace(read_html(markup), has_end=True)


def _html(text: str) -> str:
    """As cmarkgfm does it, which never frees the tree and the HTML: 250 KB lost for a page of 40 KB."""
    cmark.core_extensions_ensure_registered()
    parser = cmark.parser_new(_OPTIONS)
    try:
        for name in _EXTENSIONS:
            cmark.parser_attach_syntax_extension(parser, cmark.find_syntax_extension(name))
        cmark.parser_feed(parser, text)
        root = cmark.parser_finish(parser)
        html = _cmark.lib.cmark_render_html(root, _OPTIONS, cmark.parser_get_syntax_extensions(parser))
        try:
            return str(_cmark.ffi.string(html).decode())
        finally:
            _ALLOCATOR.free(_address(html))
            _LIBRARY.cmark_node_free(_address(root))
    finally:
        cmark.parser_free(parser)


def _address(pointer: Any) -> int:
    return int(_cmark.ffi.cast("uintptr_t", pointer))
