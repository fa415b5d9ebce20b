"""Mails for tests, deterministic: mail number i is always the same bytes.

They vary in size, MIME kind, transfer encoding, character set and language as real mail does, and
some tell of a case, so that the casebook has something to hold.
"""

import base64
import quopri
import random
from email.utils import formatdate

_START = 1_577_880_000  # 2020-01-01T12:00:00Z

_WORDS = {
    "en": ("the project registry team public service office report month system people data "
           "answer question meeting record budget partner paper result").split(),
    "de": ("das Projekt Register Behörde öffentlich Dienst Bericht Monat System Bürger Daten "
           "Antwort Frage Sitzung für über Prüfung Ergebnis").split(),
    "fr": ("le projet registre équipe public service bureau rapport mois système données "
           "réponse réunion dossier budget résultat été où").split(),
    "ru": "проект реестр служба отчёт месяц система данные ответ вопрос встреча итог".split(),
    "ja": "計画 登録 公共 報告 制度 資料 回答 質問 会議 記録 予算 結果".split(),
}
_CHARSETS = {"en": ("us-ascii", "utf-8"), "de": ("utf-8", "iso-8859-1"),
             "fr": ("utf-8", "windows-1252"), "ru": ("utf-8", "koi8-r"),
             "ja": ("utf-8", "iso-2022-jp")}

PLACES = (("Estonia", "EE", "Tartu"), ("Sweden", "SE", "Uppsala"), ("Portugal", "PT", "Coimbra"),
          ("Georgia", "GE", "Kutaisi"), ("Chile", "CL", "Valdivia"), ("Ghana", "GH", "Kumasi"),
          ("Japan", "JP", "Kanazawa"), ("Canada", "CA", "Halifax"))
_KINDS = ("plain", "alternative", "html", "attachment", "forward", "nested")


def header(i, subject, sender=None, **extra):
    """The head of mail i, without Content- fields."""
    fields = {
        "Date": formatdate(_START + 3600 * i).replace("-0000", "+0000"),
        "From": sender or f"Writer {i} <writer{i}@agency{i % 7}.example.org>",
        "To": "Research <research@example.org>",
        "Subject": subject,
        "Message-ID": f"<mail.{i}@test.example.org>",
        "MIME-Version": "1.0",
    }
    fields.update({name.replace("_", "-"): value for name, value in extra.items()})
    return "".join(f"{name}: {value}\n" for name, value in fields.items()
                   if value is not None).encode()


def prose(i, size=600, language="en"):
    """About `size` bytes of words in paragraphs."""
    dice = random.Random(f"prose {i} {language}")
    words, lines, written = _WORDS[language], [], 0
    while written < size:
        line = " ".join(dice.choice(words) for _ in range(dice.randint(6, 11)))
        lines.append(line + ("." if dice.random() < 0.4 else ""))
        if dice.random() < 0.15:
            lines.append("")
        written += len(line.encode()) + 1
    return "\n".join(lines) + "\n"


def text_part(i, text, subtype="plain", charset="utf-8"):
    raw = text.encode(charset, "replace")
    how = random.Random(f"how {i}").choice(("8bit", "quoted-printable", "base64"))
    if charset in ("us-ascii", "iso-2022-jp"):
        how = "7bit"
    body = {"quoted-printable": quopri.encodestring, "base64": base64.encodebytes}.get(
        how, bytes)(raw)
    return (f"Content-Type: text/{subtype}; charset={charset}\n"
            f"Content-Transfer-Encoding: {how}\n\n").encode() + body


def multipart(i, subtype, *parts):
    boundary = f"=_{subtype}_{i}_{sum(map(len, parts))}"
    inner = b"".join(b"--%s\n%s\n" % (boundary.encode(), part) for part in parts)
    return (f'Content-Type: multipart/{subtype}; boundary="{boundary}"\n\n'.encode()
            + inner + b"--%s--\n" % boundary.encode())


def attachment(i, name, content, kind="application/octet-stream"):
    return (f'Content-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64\n'
            f'Content-Disposition: attachment; filename="{name}"\n\n'.encode()
            + base64.encodebytes(content))


def _body(i, dice, text, language, charset):
    kind = _KINDS[i % len(_KINDS)]
    plain = text_part(i, text, "plain", charset)
    rich = text_part(i, "<html><body><p>" + text.replace("\n\n", "</p><p>")
                     + "</p></body></html>\n", "html", charset)
    if kind == "alternative":
        return multipart(i, "alternative", plain, rich)
    if kind == "html":
        return rich
    if kind == "attachment":
        blob = dice.randbytes(dice.randint(500, 30_000))
        return multipart(i, "mixed", plain, attachment(i, f"annex-{i}.bin", blob))
    if kind == "forward":
        inner = header(i + 100_000, "An older mail") + text_part(i, prose(i + 1, 300))
        return multipart(i, "mixed", plain, b"Content-Type: message/rfc822\n\n" + inner)
    if kind == "nested":
        deep = plain
        for level in range(2 + i % 9):
            deep = multipart(i + level, "mixed", deep)
        return deep
    return plain


def mail(i):
    """Mail i: every eighth tells of a case in labelled lines, the others are everyday mail."""
    dice = random.Random(f"mail {i}")
    language = dice.choice(("en", "en", "en", *_WORDS))
    charset = dice.choice(_CHARSETS[language])
    if i % 8 == 0:
        return submission(i)
    text = prose(i, int(min(200_000, dice.lognormvariate(7.2, 1.2))), language)
    extra = {}
    if i % 5 == 3:
        extra["In_Reply_To"] = f"<mail.{i - 2}@test.example.org>"
        text += f"\nOn an earlier day somebody wrote:\n> {prose(i - 2, 60).splitlines()[0]}\n"
    return header(i, f"Mail number {i}", **extra) + _body(i, dice, text, language, charset)


def mails(count, start=0):
    return [mail(i) for i in range(start, start + count)]


def submission(i, project=None, country=None):
    """A mail that tells of a live service, in lines that leave nothing to guess."""
    place, _, city = PLACES[(i // 8) % len(PLACES)]
    return header(i, f"Our blockchain project in {country or place}") + text_part(i, f"""\
Dear colleagues,

we are glad to answer your call. Our service is live and has {1000 + i} users.

Project: {project or f"LedgerDesk {i}"}
Country: {country or place}
Organisation: City of {city}
Platform: Hyperledger Fabric
Started: 2017
Launched: March 2019

The City of {city} keeps its land registry on it. We learned to involve the registrars early.

Best regards,
Writer {i}
""")


def sized(i, size):
    """A plain mail of at least `size` bytes."""
    line = b"A line of a long mail that says nothing new, over and over again, to the end.\n"
    return (header(i, f"A mail of {size} bytes")
            + b"Content-Type: text/plain; charset=utf-8\n\n" + line * (size // len(line) + 1))


def big_attachment(i, size):
    """A mail of about `size` bytes, nearly all of them one attachment."""
    block = base64.encodebytes(random.Random(i).randbytes(57 * 4096))
    body = block * (size // len(block) + 1)
    boundary = b"=_big"
    return (header(i, "A large attachment")
            + b'Content-Type: multipart/mixed; boundary="=_big"\n\n--=_big\n'
            + text_part(i, "The film is attached.\n") + b"\n--" + boundary
            + b'\nContent-Type: video/mp4; name="film.mp4"\nContent-Transfer-Encoding: base64\n'
              b'Content-Disposition: attachment; filename="film.mp4"\n\n'
            + body + b"\n--" + boundary + b"--\n")


def deeply_nested(i, depth):
    """Multiparts within multiparts, with a text at the bottom."""
    opening = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (k, k)
                       for k in range(depth))
    return header(i, f"{depth} parts, one in the other") + opening + (
        b"Content-Type: text/plain\n\nThe bottom.\n")


def forwarded_deeply(i, depth):
    """Messages within messages."""
    return header(i, f"{depth} messages, one in the other") + (
        b"Content-Type: message/rfc822\n\n" * depth) + b"Content-Type: text/plain\n\nThe bottom.\n"


def many_parts(i, count):
    """A flat multipart with very many parts."""
    return multipart_of(i, b"".join(b"--m\nContent-Type: text/plain\n\nPart %d\n" % k
                                    for k in range(count)))


def multipart_of(i, inner):
    return (header(i, "Many parts") + b'Content-Type: multipart/mixed; boundary="m"\n\n'
            + inner + b"--m--\n")


EMPTY = b""
NO_MIME = bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b" ") * 4 + b"\n"
"""Neither head nor body: every byte but NUL and line ends, in one line."""

QUOTED_BOUNDARY = (header(0, "A boundary of one quote", Message_ID="<boundary@test.example.org>")
                   + b'Content-Type: multipart/mixed; boundary="\\""\n\n--"\n\nText\n--"--\n')
"""158 bytes like these write out of bounds in a well-known MIME parser."""
