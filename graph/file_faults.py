"""Why a file that was handed in is not taken."""

from __future__ import annotations

from enum import Enum

Content = bytes | bytearray
"""A whole file in memory, of which no second copy is made."""


class FileFault(Enum):
    """Why a file is not taken."""

    EMPTY = "FILE_EMPTY"
    TOO_LARGE = "FILE_TOO_LARGE"
    WRONG_TYPE = "FILE_TYPE"
    DAMAGED = "FILE_DAMAGED"
    AMBIGUOUS = "FILE_AMBIGUOUS"
    UNFOLDS = "FILE_UNFOLDS"
    BAD_NAME = "FILE_NAME"


SENTENCES: dict[FileFault, tuple[str, str]] = {
    FileFault.EMPTY: ("文件为空。", "The file is empty."),
    FileFault.TOO_LARGE: ("文件超过 10 MB。", "The file has more than 10 MB."),
    FileFault.WRONG_TYPE: ("只接受 PDF、JPEG 或 PNG 文件。", "Only PDF, JPEG and PNG files are taken."),
    FileFault.DAMAGED: ("文件不完整或已损坏。", "The file is damaged, or not whole."),
    FileFault.AMBIGUOUS: (
        "文件中含有其他内容。请重新保存，或关闭 HDR、动态照片（实况）后重新拍照，也可以上传截图。",
        "The file holds something else besides: save it anew, take the photograph again with HDR and motion turned "
        "off, or send a screenshot of it.",
    ),
    FileFault.UNFOLDS: ("文件展开后过大。", "The file unfolds to more than may be opened."),
    FileFault.BAD_NAME: ("文件名无效。", "The file's name is not one of a file."),
}


class NotTaken(Exception):
    """The file is none that is taken."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(SENTENCES[fault][1])
        self.fault = fault
