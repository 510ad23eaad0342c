-- What prices did around news: made-up closing prices joined to the lake's event windows. (``where news.alone`` would
-- keep only windows without another event in them.)
--
--   newslake sql "$(cat examples/prices/returns.sql)" --lake demo-lake        from the project's folder
--
-- Your own prices need three columns: symbol, session (the trading date) and close. An index stands for the
-- market; a return less the market's is abnormal (MacKinlay, Journal of Economic Literature 35, 1997, with the
-- market-adjusted model: with so few sessions there is nothing to estimate another one from).

with

prices as (
    select
        symbol,
        session,
        close / lag(close) over (partition by symbol order by session) - 1 as change
    from read_csv('examples/prices/prices.csv', header = true, columns = {
        'symbol': 'VARCHAR', 'session': 'DATE', 'close': 'DOUBLE'
    })
),

abnormal as (
    select own.symbol, own.session, own.change - market.change as abnormal_return
    from prices as own
    inner join prices as market on market.session = own.session and market.symbol = '000001.SH'
    where own.symbol <> market.symbol
)

select
    news.event_session,
    news.event_title,
    news.offset,
    news.session,
    news.alone,
    round(100 * abnormal.abnormal_return, 2) as abnormal_percent,
    round(100 * sum(abnormal.abnormal_return) over (
        partition by news.event_session order by news.offset
    ), 2) as cumulated_percent
from event_window('605712.SH', before := 1, after := 2) as news
inner join abnormal on abnormal.symbol = '605712.SH' and abnormal.session = news.session
order by news.event_session, news.offset
