"""EastMoney's calls under their own paths and keys: columns, fast news, article as JSON and as a page."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Any

from tests.site.newsroom import Newsroom, Piece
from tests.site.server import Reply

__all__ = ["api_article", "app_article", "columns", "fast_news", "page"]

_MOST = 200  # rows a page
_TOLD_AT_MOST = 5000  # how totle_hits is capped


def columns(news: Newsroom, base: str, query: Mapping[str, str]) -> Reply:
    """``/comm/web/getNewsByColumns``: one column, newest first, by page."""
    if "req_trace" not in query:
        return _json({"code": 0, "message": "Required String parameter 'req_trace' is not present"}, query)
    number, size = int(query.get("page_index", "1")), min(_MOST, int(query.get("page_size", "20")))
    pieces = news.visible(query.get("column"), fast=False)
    rows = [_row(piece, base) for piece in pieces[(number - 1) * size : number * size]]
    data = {
        "page_index": number,
        "page_size": size,
        "totle_hits": min(_TOLD_AT_MOST, len(pieces)),
        "list": rows,
    }
    return _json({"req_trace": query["req_trace"], "code": "1", "message": "success", "data": data}, query)


def _row(piece: Piece, base: str) -> dict[str, Any]:
    own = f"{base}/a/{piece.code}.html"
    return {
        "code": piece.code,
        "title": piece.title,
        "summary": f"【{piece.title}】{piece.digest}",
        "mediaName": piece.media,
        "showTime": f"{piece.shown_at:%Y-%m-%d %H:%M:%S}",
        "image": "",
        "np_dst": "CFH" if piece.blog else "CMS",
        "url": f"{base}/news/{piece.code}"
        if piece.blog
        else f"{base}/news/1{piece.columns[0]},{piece.code}.html",
        "uniqueUrl": "" if piece.blog else own,
    }


def fast_news(news: Newsroom, query: Mapping[str, str]) -> Reply:
    """``/comm/web/getFastNewsList``: the newest flashes; ``sortEnd`` pages back."""
    if "req_trace" not in query or "sortEnd" not in query:
        return _json({"code": 0, "message": "parameter missing", "data": {"fastNewsList": []}}, query)
    rows = [_flash(piece) for piece in news.visible(fast=True)]
    if query["sortEnd"]:
        rows = [row for row in rows if row["realSort"] < query["sortEnd"]]
    rows = rows[: min(_MOST, int(query.get("pageSize", "50")))]
    data = {"sortEnd": rows[-1]["realSort"] if rows else "", "fastNewsList": rows}
    return _json({"req_trace": query["req_trace"], "code": "1", "message": "success", "data": data}, query)


def _flash(piece: Piece) -> dict[str, Any]:
    return {
        "code": piece.code,
        "title": piece.title,
        "summary": f"【{piece.title}】{piece.text}",
        "showTime": f"{piece.shown_at:%Y-%m-%d %H:%M:%S}",
        "titleColor": 0,
        "realSort": f"{int(piece.shown_at.timestamp())}{int(piece.code[8:]) % 1_000_000:06d}",
        "stockList": ["1.600000"],
        "image": [],
        "pinglun_Num": 0,
        "share": 0,
    }


def api_article(news: Newsroom, base: str, code: str) -> Reply:
    """``/kuaixun/v2/api/article/<id>``: all values are texts."""
    piece = news.get(code)
    if piece is None:
        return _json({"data": None, "errorcode": 1, "id": "0", "message": "not found", "success": 0}, {})
    data = {
        "Art_Code": piece.code,
        "Art_Title": piece.title,
        "Art_Content": piece.html,
        "Art_ShowTime": f"{piece.published_at:%Y/%m/%d %H:%M:%S}",
        "Art_OrderTime": f"{piece.published_at:%Y/%m/%d %H:%M:%S}",
        "Art_Media_Name": piece.media,
        "Art_Author_Name": "",
        "Art_Description": piece.digest,
        "Art_Digest": piece.digest,
        "Art_Keyword": "",
        "Art_Url": f"{base}/news/1{piece.columns[0]},{piece.code}.html",
        "Art_UniqueUrl": f"{base}/a/{piece.code}.html",
        "Art_Image": "",
        "Art_Column_List": ",".join(piece.columns),
        "Art_Original": "0",
        "Art_Tip_Info": json.dumps([{"Type": 1001, "Code": "90.BK0800"}]),
        "Art_EnableCrawl": "1",
    }
    answer = {"data": data, "errorcode": 0, "id": "0", "message": "", "success": 1}
    return _json(answer, {}, modified=piece.modified_at.timestamp())


def app_article(news: Newsroom, code: str) -> Reply:
    """``/kuaixun/v2/api/content/getnews``: the application's form."""
    piece = news.get(code)
    if piece is None:
        return _json({"news": None}, {})
    time = f"{piece.published_at:%Y-%m-%d %H:%M:%S}"
    record = {"title": piece.title, "simdigest": piece.digest, "showtime": time}
    return _json({"news": record | {"source": piece.media, "body": piece.html}}, {})


def page(news: Newsroom, code: str) -> Reply:
    """``/a/<id>.html``: the article as a page."""
    piece = news.get(code)
    if piece is None:
        return Reply(b"<html><body>404</body></html>", status=404)
    title = html.escape(piece.title)
    text = f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{title} _ 东方财富网</title>
<meta name="description" content="{html.escape(piece.digest)}"></head>
<body><div class="nav"><a href="/list/">首页</a></div>
<div id="topbox"><div class="title">{title}</div>
<div class="infos"><div class="item">{piece.published_at:%Y年%m月%d日 %H:%M}</div>
<div class="item">来源：{html.escape(piece.media)}</div></div></div>
<div class="txtinfos" id="ContentBody">{piece.html}</div>
<div class="footer">免责条款</div></body></html>"""
    return Reply(text.encode(), modified=piece.modified_at.timestamp())


def _json(value: Any, query: Mapping[str, str], modified: float | None = None) -> Reply:
    text = json.dumps(value, ensure_ascii=False)
    if callback := query.get("callback"):
        text = f"{callback}({text})"
    return Reply(text.encode(), kind="application/json; charset=utf-8", modified=modified)
