"""The sites of the other shipped sources, each under its host's name: lists under their own paths and keys.

Which pieces a source shows says their column: the source's name. Articles are pages whose address holds the
piece's code, wherever a site has no call of its own for them. Public programs of 2024-26 are where paths and keys
were read; the odd answers (no token, no header, another paging) are those that they tell of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.site import eastmoney, listings
from tests.site.newsroom import SHANGHAI, Newsroom, Piece
from tests.site.server import Reply, Request

__all__ = ["ARTICLES", "answer", "is_known"]

ARTICLES = r"\d{18}"
"""What the addresses of articles hold, and those of lists do not."""
_CODE = re.compile(ARTICLES)
_HOST = re.compile(r"[\w.-]+\.(?:com|cn|io|gov|co\.uk)")
_SIZE = 10  # rows a page, so that a few pieces need several
_FORBIDDEN = Reply(b"JFE Forbidden", status=493)
_NOT_HERE = Reply(b"<html><body>404</body></html>", status=404)
_TOKEN = "Bearer an-invented-token"


@dataclass(frozen=True, slots=True)
class Call:
    """One request for a list; ``host`` stands before the path."""

    news: Newsroom
    base: str
    host: str
    path: str
    request: Request

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query

    def pieces(self, column: str, page: object = 1, size: int = _SIZE) -> list[Piece]:
        """One page of a source's pieces, newest first."""
        first = (int(str(page)) - 1) * size
        return self.news.visible(column)[first : first + size]

    def older(self, column: str, cursor: str) -> list[Piece]:
        """The pieces before a cursor of seconds, which is exclusive; the newest without one."""
        pieces = self.news.visible(column)
        return [each for each in pieces if not cursor or _seconds(each) < int(cursor)][:_SIZE]

    def page_of(self, piece: Piece) -> str:
        """The address of the piece's page at the call's own host."""
        return f"{self.base}/{self.host}/a/{piece.code}.html"


def is_known(host: str) -> bool:
    """Whether the first part of a path is a host."""
    return _HOST.fullmatch(host) is not None


def answer(news: Newsroom, base: str, request: Request) -> Reply:
    """The answer of a shipped source's site."""
    host, _, path = request.path.strip("/").partition("/")
    call = Call(news, base, host, path, request)
    for name, reply in [*_MORE.items(), *_LISTS.items()]:
        if re.fullmatch(name, f"{host}/{path}"):
            return reply(call)
    for name, (column, feed) in _FEEDS.items():
        if f"{host}/{path}" == name:
            return feed(_Part(news, column), f"{base}/{host}")
    if day := re.fullmatch(r"sitemap-(\d{8})\.xml\.gz", path):
        column = next(column for name, (column, _) in _FEEDS.items() if name.startswith(host))
        return listings.sitemap(_Part(news, column), f"{base}/{host}", day[1])
    if code := _CODE.search(path):
        return eastmoney.page(news, code[0])
    return _NOT_HERE


class _Part(Newsroom):
    """A source's part of the pieces, as a newsroom of its own."""

    def __init__(self, news: Newsroom, column: str) -> None:
        self._news, self._column, self.now = news, column, news.now

    def visible(self, column: str | None = None, *, fast: bool | None = None) -> list[Piece]:
        return self._news.visible(column or self._column, fast=fast)


def _json(value: Any, wrapper: str = "{}") -> Reply:
    text = wrapper.replace("{}", json.dumps(value, ensure_ascii=False), 1)
    return Reply(text.encode(), kind="application/json; charset=utf-8")


def _seconds(piece: Piece) -> int:
    return int(piece.shown_at.timestamp())


def _clock(piece: Piece, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    return f"{piece.shown_at.astimezone(SHANGHAI):{form}}"


# ---- EastMoney


def _em_stock(call: Call) -> Reply:
    rows = [
        {
            "Art_Code": piece.code,
            "Art_Title": piece.title,
            "Art_ShowTime": _clock(piece),
            "Art_SortStart": f"{_seconds(piece)}000001",
            "Art_Url": f"http://finance.eastmoney.com/a/{piece.code}.html",
            "Art_OriginUrl": "",
            "Np_dst": "CMS",
        }
        for piece in call.pieces("eastmoney-stock", call.query.get("pageIndex", 1))
    ]
    if not call.query.get("mTypeAndCode"):
        return _json({"code": 0, "message": "Required String parameter 'mTypeAndCode' is not present"})
    data = {"page_index": 1, "page_size": 50, "totle_hits": 5000, "list": rows}
    return _json({"code": 1, "message": "success", "data": data})


def _em_app(call: Call) -> Reply:
    if call.request.method != "POST":
        return Reply(b"method not allowed", status=405)
    asked = json.loads(call.request.body)
    if asked["method"] != "securityNews" or not asked["args"]["securityCode"]:
        return _json({"code": 1, "message": "no such method"})
    rows = [
        {
            "code": piece.code,
            "infoCode": piece.code,
            "title": piece.title,
            "showDateTime": _seconds(piece) * 1000,
            "summary": piece.digest,
            "url": "",
            "uniqueUrl": f"http://finance.eastmoney.com/a/{piece.code}.html",
        }
        for piece in call.pieces("eastmoney-app", asked["args"]["pageNumber"])
    ]
    return _json({"code": 0, "data": {"items": rows}})


def _em_search(call: Call) -> Reply:
    if "user-agent" not in call.request.headers:
        return Reply(b"")
    asked = json.loads(call.query["param"])
    inner = asked["param"]["cmsArticleWebOld"]
    rows = [
        {
            "code": piece.code,
            "title": f"{inner['preTag']}{asked['keyword']}{inner['postTag']}：{piece.title}",
            "content": piece.digest,
            "date": _clock(piece),
            "mediaName": piece.media,
            "url": f"http://finance.eastmoney.com/a/{piece.code}.html",
            "image": "",
        }
        for piece in call.pieces("eastmoney-search", inner["pageIndex"])
    ]
    value = {"code": 0, "hitsTotal": 233, "result": {"cmsArticleWebOld": rows}}
    return _json(value, call.query["cb"] + "({})")


def _em_notices(call: Call) -> Reply:
    rows = [
        {
            "art_code": f"AN{piece.code}",
            "title": piece.title,
            "title_ch": piece.title,
            "notice_date": f"{piece.shown_at:%Y-%m-%d} 00:00:00",
            "display_time": _clock(piece) + ":123",
            "eiTime": _clock(piece) + ":120",
            "sort_date": _clock(piece),
            "codes": [
                {"stock_code": "600000", "short_name": "示例", "market_code": "1", "ann_type": "A,SHA"}
            ],
            "columns": [{"column_code": "001001", "column_name": "其他"}],
        }
        for piece in call.pieces("eastmoney-announcements", call.query["page_index"])
    ]
    data = {"list": rows, "page_index": 1, "page_size": 100, "total_hits": len(rows)}
    return _json({"data": data, "error": "", "success": 1})


def _em_notice(call: Call) -> Reply:
    """The text, a third of it at a time; ``page_size`` is the number of parts."""
    piece = call.news.get(call.query["art_code"].removeprefix("AN"))
    if piece is None:
        return _json({"data": {}, "error": "not found", "success": 0})
    third, number = len(piece.text) // 3 + 1, int(call.query["page_index"])
    data = {
        "art_code": f"AN{piece.code}",
        "notice_title": piece.title,
        "notice_date": f"{piece.published_at:%Y-%m-%d} 00:00:00",
        "notice_content": piece.text[third * (number - 1) : third * number],
        "attach_url": f"https://pdf.example/{piece.code}.pdf",
        "page_size": 3,
        "security": [{"stock": "600000", "short_name": "示例", "market_uni": "1"}],
    }
    return _json({"data": data, "success": 1})


def _em_v1(call: Call) -> Reply:
    page = re.findall(r"_(\d+)_\.html", call.path)[0]
    rows = [
        {
            "id": piece.code,
            "newsid": piece.code,
            "title": piece.title,
            "digest": f"【{piece.title}】{piece.text}",
            "simtitle": piece.title,
            "simdigest": piece.digest,
            "url_w": f"http://finance.eastmoney.com/news/1345,{piece.code}.html",
            "url_unique": f"http://finance.eastmoney.com/a/{piece.code}.html",
            "showtime": _clock(piece),
            "ordertime": _clock(piece),
            "column": "102",
            "newstype": "1",
        }
        for piece in call.pieces("eastmoney-fast-v1", page)
    ]
    return _json({"rc": "1", "me": "操作成功", "LivesList": rows}, "var ajaxResult={};")


def _em_v2(call: Call) -> Reply:
    rows = [
        {
            "id": piece.code,
            "title": piece.title,
            "digest": f"【{piece.title}】{piece.text}",
            "url_w": f"http://finance.eastmoney.com/a/{piece.code}.html",
            "url_m": f"http://wap.eastmoney.com/a/{piece.code}.html",
            "Art_Media_Name": piece.media,
            "showtime": _clock(piece),
            "commentnum": "0",
            "image": "",
        }
        for piece in call.pieces("eastmoney-fast-v2", call.query["p"])
    ]
    return _json({"rc": 1, "me": "", "news": rows})


# ---- other sites


def _sina(call: Call) -> Reply:
    rows = [
        {
            "docid": f"comos:{piece.code}",
            "oid": piece.code,
            "url": call.page_of(piece),
            "wapurl": "",
            "title": piece.title,
            "intro": piece.digest,
            "media_name": piece.media,
            "keywords": "",
            "ctime": str(_seconds(piece)),
            "mtime": str(int(piece.modified_at.timestamp())),
            "images": [],
            "lids": call.query["lid"],
        }
        for piece in call.pieces("sina", call.query["page"])
    ]
    return _json({"result": {"status": {"code": 0, "msg": "succ"}, "total": len(rows), "data": rows}})


def _sina_live(call: Call) -> Reply:
    rows = [
        {
            "id": int(piece.code),
            "rich_text": f"【{piece.title}】{piece.text}",
            "create_time": _clock(piece),
            "update_time": _clock(piece),
            "docurl": f"{call.base}/finance.sina.cn/7x24/{piece.code}.d.html",
            "tag": [{"id": "5", "name": "市场"}],
            "ext": json.dumps({"stocks": [], "docurl": "", "docid": ""}),
            "like_nums": call.request.at,
        }
        for piece in call.pieces("sina-7x24", call.query["page"])
    ]
    return _json({"result": {"status": {"code": 0}, "data": {"feed": {"list": rows}}}})


def _cls(call: Call) -> Reply:
    rows = [
        {
            "id": int(piece.code),
            "ctime": _seconds(piece),
            "title": "",
            "brief": f"【{piece.title}】{piece.digest}",
            "content": f"【{piece.title}】{piece.text}",
            "level": "C",
            "modified_time": int(piece.modified_at.timestamp()),
            "shareurl": "",
            "is_ad": 0,
            "img": "",
            "images": [],
            "author": "",
            "stock_list": [{"StockID": "sh600000", "name": "示例"}],
            "subjects": [{"subject_name": "示例"}],
            "reading_num": call.request.at,
        }
        for piece in call.pieces("cls", size=50)
    ]
    return _json({"errno": 0, "msg": "", "data": {"roll_data": [{**rows[0], "id": 1, "is_ad": 1}, *rows]}})


def _tonghuashun(call: Call) -> Reply:
    if "10jqka" not in call.request.headers.get("referer", ""):
        return Reply(raw=b"")
    rows = [
        {
            "id": piece.code,
            "seq": piece.code,
            "title": piece.title,
            "digest": piece.digest,
            "short": piece.digest,
            "url": call.page_of(piece),
            "ctime": str(_seconds(piece)),
            "rtime": str(int(piece.modified_at.timestamp())),
            "import": "0",
            "color": "0",
            "source": piece.media,
            "tags": [],
            "stock": [{"name": "示例", "stockCode": "600000", "stockMarket": "17"}],
            "tagInfo": [],
        }
        for piece in call.pieces("tonghuashun", call.query["page"])
    ]
    return _json({"code": "200", "msg": "", "data": {"list": rows}})


def _wscn_flow(call: Call) -> Reply:
    pieces = call.older("wallstreetcn", call.query["cursor"])
    rows: list[dict[str, Any]] = [
        {"resource_type": "article", "resource": _wscn_article(call, piece)} for piece in pieces
    ]
    rows.insert(
        1, {"resource_type": "ad", "resource": {"id": 1, "uri": f"{call.base}/ad", "display_time": 1}}
    )
    cursor = str(_seconds(pieces[-1])) if pieces else ""
    return _json({"code": 20000, "message": "OK", "data": {"items": rows, "next_cursor": cursor}})


def _wscn_article(call: Call, piece: Piece) -> dict[str, Any]:
    return {
        "id": int(piece.code),
        "uri": f"https://wallstreetcn.com/articles/{piece.code}",
        "title": piece.title,
        "display_time": _seconds(piece),
        "is_priced": False,
    }


def _wscn_body(call: Call) -> Reply:
    piece = call.news.get(_CODE.findall(call.path)[0])
    if piece is None:
        return _json({"code": 60301, "message": "not found", "data": {}})
    return _json({"code": 20000, "data": {**_wscn_article(call, piece), "content": piece.html}})


def _wscn_lives(call: Call) -> Reply:
    pieces = call.older("wallstreetcn-lives", call.query["cursor"])
    rows = [
        {
            "id": int(piece.code),
            "uri": f"https://wallstreetcn.com/livenews/{piece.code}",
            "title": piece.title,
            "content": f"<p>{piece.text}</p>",
            "content_more": "",
            "content_text": piece.text,
            "display_time": _seconds(piece),
            "score": 1,
            "channels": ["global-channel"],
            "symbols": [],
            "tags": [],
            "is_priced": False,
        }
        for piece in pieces
    ]
    cursor = str(_seconds(pieces[-1])) if pieces else ""
    return _json({"code": 20000, "message": "OK", "data": {"items": rows, "next_cursor": cursor}})


def _jin10(call: Call) -> Reply:
    rows = [
        {
            "id": piece.code,
            "time": _clock(piece),
            "type": 0,
            "important": 0,
            "channel": [1],
            "data": {"title": "", "content": f"【{piece.title}】{piece.text}", "source": "", "lock": False},
        }
        for piece in call.pieces("jin10", size=20)
    ]
    locked = {**rows[0], "id": "1", "data": {"title": "", "content": "", "vip_title": "示例", "lock": True}}
    return _json(
        [locked, {**rows[0], "id": "2", "type": 1, "data": {"name": "示例指数"}}, *rows], "var newest = {};"
    )


def _stcn(call: Call) -> Reply:
    if call.request.headers.get("x-requested-with") != "XMLHttpRequest":
        return Reply(b"<html><body>list</body></html>")
    rows = [
        {
            "id": piece.code,
            "url": f"/www.stcn.com/article/detail/{piece.code}.html",
            "title": piece.title,
            "content": piece.digest,
            "source": piece.media,
            "time": _seconds(piece) * 1000,
            "show_time": _seconds(piece),
        }
        for piece in call.pieces("stcn", size=30)
    ]
    return _json({"state": 1, "page_time": 1, "last_time": 1, "data": rows})


def _yicai(call: Call) -> Reply:
    rows = [
        {
            "NewsID": int(piece.code),
            "NewsTitle": piece.title,
            "NewsNotes": piece.digest,
            "url": f"/news/{piece.code}.html",
            "CreateDate": _clock(piece, "%Y-%m-%dT%H:%M:%S"),
        }
        for piece in call.pieces("yicai", call.query["page"])
    ]
    return _json(rows)


def _yicai_brief(call: Call) -> Reply:
    rows = [
        {
            "NewsID": int(piece.code),
            "NewsTitle": piece.title,
            "LiveContent": piece.text,
            "url": f"/brief/{piece.code}.html",
            "datekey": _clock(piece, "%Y.%m.%d"),
            "hm": _clock(piece, "%H:%M"),
        }
        for piece in call.pieces("yicai-brief", call.query["page"])
    ]
    return _json(rows)


def _caixin(call: Call) -> Reply:
    rows = [
        {"tag": "示例", "summary": piece.digest, "url": call.page_of(piece)}
        for piece in call.pieces("caixin", call.query["pageNum"])
    ]
    return _json({"code": 0, "data": {"data": rows}})


def _jiemian(call: Call) -> Reply:
    if abs(int(call.query["start_time"]) - call.request.at) > 600:
        return _json({"code": "1", "result": {"list": []}})
    rows = [
        {"id": piece.code, "title": piece.title, "summary": piece.digest, "publishtime": str(_seconds(piece))}
        for piece in call.pieces("jiemian", call.query["page"])
    ]
    return _json({"code": "0", "result": {"hideBtn": not rows, "list": rows}})


def _netease(call: Call) -> Reply:
    """One file a page; behind the last there is none."""
    page = (re.findall(r"_(\d\d)\.js", call.path) or ["1"])[0]
    rows = [
        {"title": piece.title, "docurl": call.page_of(piece), "time": _clock(piece, "%m/%d/%Y %H:%M:%S")}
        for piece in call.pieces("netease", page)
    ]
    return _json(rows, "data_callback({})") if rows else _NOT_HERE


def _ifeng(call: Call) -> Reply:
    rows = [
        {"title": piece.title, "url": call.page_of(piece), "newsTime": _clock(piece)}
        for piece in call.pieces("ifeng", size=30)
    ]
    script = json.dumps({"navData": [1], "hotNews1": rows}, ensure_ascii=False)
    text = f"<!DOCTYPE html><html><head><script>var a = {{}}; var allData = {script};\nvar b = 1;</script></head></html>"
    return Reply(text.encode())


def _jingji_token(call: Call) -> Reply:
    if not call.request.headers["user-agent"].startswith("Mozilla/5.0"):
        return _FORBIDDEN
    if call.request.method != "POST":
        return _NOT_HERE
    return _json({"status": 1, "token": _TOKEN})


def _jingji(call: Call) -> Reply:
    if not call.request.headers["user-agent"].startswith("Mozilla/5.0"):
        return _FORBIDDEN
    if call.request.headers.get("authorization") != _TOKEN:
        return _NOT_HERE
    rows: list[dict[str, Any]] = [
        {
            "id": piece.code,
            "title": piece.title,
            "url": call.page_of(piece),
            "updatetime": _seconds(piece),
            "isAD": 0,
            "type": "",
        }
        for piece in call.pieces("21jingji", call.query["page"])
    ]
    if rows:
        rows.insert(0, {**rows[0], "id": "1", "isAD": 1, "url": f"{call.base}/advertisement"})
    return _json(rows)


_LISTS: dict[str, Callable[[Call], Reply]] = {
    "np-listapi.eastmoney.com/comm/web/getListInfo": _em_stock,
    "emdcnewsapp.eastmoney.com/infoService": _em_app,
    "search-api-web.eastmoney.com/search/jsonp": _em_search,
    "np-anotice-stock.eastmoney.com/api/security/ann": _em_notices,
    r"newsapi.eastmoney.com/kuaixun/v1/getlist_102_ajaxResult_50_\d+_\.html": _em_v1,
    "newsapi.eastmoney.com/kuaixun/v2/api/list": _em_v2,
    "feed.mix.sina.com.cn/api/roll/get": _sina,
    "zhibo.sina.com.cn/api/zhibo/feed": _sina_live,
    "www.cls.cn/api/cache": _cls,
    "news.10jqka.com.cn/tapp/news/push/stock": _tonghuashun,
    "api-one.wallstcn.com/apiv1/content/information-flow": _wscn_flow,
    "api-one.wallstcn.com/apiv1/content/lives": _wscn_lives,
    "www.jin10.com/flash_newest.js": _jin10,
    "www.stcn.com/article/list.html": _stcn,
    "www.yicai.com/api/ajax/getlatest": _yicai,
    "www.yicai.com/api/ajax/getbrieflist": _yicai_brief,
    "cxdata.caixin.com/api/dataplus/sjtPc/news": _caixin,
    "papi.jiemian.com/page/api/kuaixun/getlistmore": _jiemian,
    r"money.163.com/special/00259BVP/news_flow_(?:index|stock|biz|fund)(?:_\d\d)?\.js": _netease,
    "m.21jingji.com/channel/(?:capital|finance|politics|global)": _jingji,
    "www.ifeng.com/": _ifeng,
}
"""Host and path of a list (an expression) -> its answer."""
_MORE: dict[str, Callable[[Call], Reply]] = {
    "np-listapi.eastmoney.com/comm/web/getNewsByColumns": lambda call: eastmoney.columns(
        call.news, call.base, call.query
    ),
    "np-weblist.eastmoney.com/comm/web/getFastNewsList": lambda call: eastmoney.fast_news(
        call.news, call.query
    ),
    r"newsinfo.eastmoney.com/kuaixun/v2/api/article/\d{18}": lambda call: eastmoney.api_article(
        call.news, call.base, call.path[-18:]
    ),
    "np-cnotice-stock.eastmoney.com/api/content/ann": _em_notice,
    r"api-one.wallstcn.com/apiv1/content/articles/\d{18}": _wscn_body,
    "m.21jingji.com/reader/cbhChannelAuth": _jingji_token,
    "finance.eastmoney.com/a/.*": lambda call: eastmoney.page(call.news, _CODE.findall(call.path)[0]),
}
_Feed = Callable[[Newsroom, str], Reply]
_FEEDS: dict[str, tuple[str, _Feed]] = {
    "dedicated.wallstreetcn.com/rss.xml": ("wallstreetcn-rss", listings.rss),
    "www.chinanews.com.cn/rss/finance.xml": ("chinanews", listings.rss),
    "www.cnbc.com/id/100003114/device/rss/rss.html": ("cnbc", listings.rss),
    "www.cnbc.com/sitemap_news.xml": ("cnbc-sitemap", listings.news_sitemap),
    "feeds.content.dowjones.io/public/rss/mw_topstories": ("dowjones", listings.rss),
    "feeds.bloomberg.com/markets/news.rss": ("bloomberg", listings.rss),
    "www.ft.com/markets": ("ft", listings.rss),
    "www.economist.com/finance-and-economics/rss.xml": ("economist", listings.rss),
    "finance.yahoo.com/news/rssindex": ("yahoo-finance", listings.rss),
    "feeds.finance.yahoo.com/rss/2.0/headline": ("yahoo-stock", listings.rss),
    "www.theguardian.com/uk/business/rss": ("guardian", listings.rss),
    "www.theguardian.com/sitemaps/news.xml": ("guardian-sitemap", listings.news_sitemap),
    "feeds.bbci.co.uk/news/business/rss.xml": ("bbc", listings.rss),
    "www.reuters.com/arc/outboundfeeds/news-sitemap-index": ("reuters", listings.sitemap_index),
    "apnews.com/news-sitemap-content.xml": ("apnews", listings.news_sitemap),
    "www.businessinsider.com/sitemap/google-news.xml": ("businessinsider", listings.news_sitemap),
    "financialpost.com/sitemap-news.xml": ("financialpost", listings.news_sitemap),
    "asia.nikkei.com/rss/feed/nar": ("nikkei", listings.rdf),
    "www.scmp.com/rss/92/feed": ("scmp", listings.rss),
    "www.investing.com/rss/news.rss": ("investing", listings.rss),
    "www.federalreserve.gov/feeds/press_all.xml": ("federalreserve", listings.rss),
}
"""Host and path of a feed or sitemap -> its source and its form."""
