"""Tables as people and programs export them: what a row of each is, and what its facts must add up to, counted by hand.

`kinds` are the kinds of fact that are right; none: nothing says what a row is. `sums` are TABLE.COLUMN -> sum, `counts` TABLE
-> facts, both of all rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A table made by hand; its file gets a name that says nothing."""

    title: str
    content: str | bytes
    kinds: tuple[str, ...]
    counts: dict[str, int] = field(default_factory=dict)
    sums: dict[str, float] = field(default_factory=dict)
    suffix: str = ".csv"

    def __str__(self) -> str:
        return self.title

    @property
    def bytes(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content.encode()


def _csv(header: str, n: int, row: Callable[[int], str]) -> str:
    """Return a header and *n* rows; `D` in a row is a day of March 2026, two digits."""
    return header + "\n" + "".join(row(i).replace("~", f"{i % 28 + 1:02}") + "\n" for i in range(n))


def _lines(n: int, row: Callable[[int], dict[str, object]]) -> str:
    return "".join(json.dumps(row(i)) + "\n" for i in range(n))


def _of(n: int, *words: str) -> str:
    return words[n % len(words)]


_LONG = "It took far too long to find the right form and nobody helped me with it at all"

TABLES: tuple[Made, ...] = (
    Made("semicolons and decimal commas",
         _csv("Datum;Dienst;Besuche;Kosten (EUR)", 20, lambda n: f"2026-03-~;Anmeldung;1.{200 + n};{n},50"),
         ("tally",), {"tallies": 40}, {"tallies.value": sum(1200 + n for n in range(20)) + sum(n + 0.5 for n in range(20))}),
    Made("days first, beyond doubt", _csv("Date,Service,Visits", 28, lambda n: f"~/03/2026,stay,{n + 1}"),
         ("tally",), {"tallies": 28}, {"tallies.value": 406}),
    Made("day or month first, nobody knows", _csv("Date,Service,Visits", 12, lambda n: f"~/03/2026,stay,{n + 1}"),
         ("tally",), {"tallies": 12}, {"tallies.value": 78}),
    Made("wide months", "Service,Jan 2026,Feb 2026,Mar 2026,Apr 2026\nstay,10,20,30,40\ndesk,1,,3,4\n",
         ("tally",), {"tallies": 7}, {"tallies.value": 108}),
    Made("wide ISO months of cost",
         "Cost center,Budget owner,2026-01,2026-02,2026-03\nIT,ann,€ 1.250,€ 1.300,€ 900\nHR,bob,€ 100,€ 200,€ 300\n",
         ("money",), {"money": 6}, {"money.amount": 4050}),
    Made("wide quarters of two things",
         "team,2025-Q1 visits,2025-Q1 calls,2025-Q2 visits,2025-Q2 calls,2025-Q3 visits,2025-Q3 calls\n"
         "a,1,2,3,4,5,6\nb,10,20,30,40,50,60\n",
         ("tally",), {"tallies": 12}, {"tallies.value": 231}),
    Made("survey export",
         _csv("Response ID,Submitted,How likely are you to recommend us?,Overall satisfaction,Any comments?,Page", 60,
              lambda n: f"R{n},2026-03-~ 10:{n % 60:02},{n % 11},{n % 5 + 1},{_LONG if n % 3 else ''},pay"),
         ("answer",), {"answers": 120}, {"answers.score": sum(n % 11 + n % 5 + 1 for n in range(60))}),
    Made("stars and reviews as JSON lines",
         _lines(40, lambda n: {"review_id": f"r{n}", "stars": n % 5 + 1, "review": _LONG, "created": f"2026-02-{n % 28 + 1:02}",
                               "product": "app"}),
         ("answer",), {"answers": 40}, {"answers.score": 120}, ".jsonl"),
    Made("ITSM incidents",
         _csv("number,opened_at,resolved_at,priority,severity,business_service,assignment_group,short_description", 50,
              lambda n: f"INC{n:07},2026-03-~ 08:00:00,2026-03-~ 12:00:00,{n % 4 + 1} - High,{n % 3 + 1},payments,Net,{_LONG}"),
         ("incident",), {"incidents": 50}),
    Made("PagerDuty incidents",
         _csv("id,incident_number,title,created_on,acknowledged_at,resolved_at,urgency,service_name", 30,
              lambda n: f"P{n}XZ,{100 + n},CPU high,2026-03-~T01:00:00Z,2026-03-~T01:05:00Z,2026-03-~T01:45:00Z,high,checkout"),
         ("incident",), {"incidents": 30}),
    Made("cost export by month",
         _csv("Month,Service,Cost type,Amount,Currency", 36, lambda n: f"2026-0{n % 9 + 1},svc-{n % 3},run,{n}.25,USD"),
         ("money",), {"money": 36}, {"money.amount": 639}),
    Made("invoices in euro",
         _csv("Rechnungsdatum;Kostenstelle;Betrag", 24, lambda n: f"~.03.2026;IT-{n % 4};{n + 1}.100,10 €"),
         ("money",), {"money": 24}, {"money.amount": 302_402.4}),
    Made("epoch milliseconds of spans",
         _csv("traceId,spanId,parentSpanId,serviceName,operationName,startTime,duration_ms,error", 80,
              lambda n: f"t{n // 4:06},s{n:06},{f's{n - 1:06}' if n % 4 else ''},rooms,GET /rooms,{1772359200000 + n * 1000},"
                        f"{n}.5,{'true' if n % 10 == 0 else 'false'}"),
         ("call",), {"calls": 80}, {"calls.duration_s": 3.2}),
    Made("nanoseconds of spans, status codes",
         _csv("trace_id,span_id,service,http_route,start_time_unix_nano,duration_ns,http_status_code", 60,
              lambda n: f"a{n // 3:05}f,b{n:05}e,api,/pay,{1772359200000000000 + n * 10**9},{n * 10**6},"
                        f"{200 if n % 6 else 500}"),
         ("call",), {"calls": 60}, {"calls.duration_s": 1.77}),
    Made("two encodings in one file",
         b"when,service,page,user_id\n2026-03-01 10:00,caf\xc3\xa9,home,u1\n"
         + "".join(f"2026-03-{n % 28 + 1:02} 11:00,bar,pay,u{n}\n" for n in range(30)).encode()
         + b"2026-03-02 12:00,caf\xe9,home,u2\n",
         ("interaction",), {"interactions": 32}),
    Made("UTF-16 with tabs",
         _csv("when\tservice\tstep\tuser", 20, lambda n: f"2026-03-~ 11:00\tétape\tpay\tu{n}").encode("utf-16"),
         ("interaction",), {"interactions": 20}),
    Made("no header", _csv("2026-02-27,stay,5", 28, lambda n: f"2026-03-~,stay,{n}"),
         ("tally",), {"tallies": 29}, {"tallies.value": 383}),
    Made("lines above the header and units below",
         "Web analytics export\nfrom 1 March\n\n"
         + _csv("Date,Page,Sessions,Users\n(day),(path),(count),(count)", 28, lambda n: f"2026-03-~,/p{n // 14},{n},{n}"),
         ("tally",), {"tallies": 56}, {"tallies.value": 756}),
    Made("duplicate headers", _csv("date,service,visits,visits", 10, lambda n: f"2026-03-~,stay,{n},{n * 2}"),
         ("tally",), {"tallies": 20}, {"tallies.value": 135}),
    Made("Jira export",
         _csv("Issue key,Issue Type,Summary,Status,Priority,Created,Resolved,Due date,Story Points,Assignee,Component", 45,
              lambda n: f"PAY-{n},{_of(n, 'Bug', 'Story', 'Task')},{_LONG},{_of(n, 'In Progress', 'Done')},Medium,"
                        f"~/Mar/26 9:15 AM,{'~/Mar/26 5:15 PM' if n % 2 else ''},,{n % 8},ann lee,checkout"),
         ("item",), {"items": 45}, {"items.size": 150}),
    Made("status changes of issues",
         _csv("issue_key,from_status,to_status,changed_at,author", 80,
              lambda n: f"PAY-{n // 4},{_of(n, 'To Do', 'In Progress', 'Blocked')},{_of(n, 'In Progress', 'Blocked', 'Done')},"
                        f"2026-03-~T10:{n % 60:02}:00Z,u{n % 5}"),
         ("work",), {"work": 80}),
    Made("stays on a board",
         _csv("card_id;column;entered_at;left_at;team", 60,
              lambda n: f"C{n // 3};{_of(n, 'Ready', 'Doing', 'Done')};2026-03-~ 08:00;2026-03-~ 16:00;blue"),
         ("work",), {"work": 60}),
    Made("deployments",
         _csv("deployment_id,service,environment,version,commit_sha,deployed_at,status,deployed_by", 40,
              lambda n: f"d-{n},checkout,{_of(n, 'staging', 'production')},1.{n}.0,{n:040x},2026-03-~T12:00:00+01:00,"
                        f"{'success' if n % 5 else 'failed'},bot"),
         ("deployment",), {"deployments": 40}),
    Made("releases without a number of their own",
         _csv("app,release_version,released_on,env", 20, lambda n: f"shop,2.{n}.0,2026-03-~,prod"),
         ("deployment",), {"deployments": 20}),
    Made("calls of a contact centre",
         _csv("call_id,call_start,queue,agent,wait_seconds,talk_seconds,resolved,customer_number", 70,
              lambda n: f"K{n:05},2026-03-~ 09:{n % 60:02}:11,billing,a{n % 7},{n},{n * 3},{_of(n, 'no', 'yes')},{4000 + n}"),
         ("contact",), {"contacts": 70}, {"contacts.wait_s": 2415, "contacts.handling_s": 7245}),
    Made("help desk tickets",
         _csv("Ticket ID,Created at,Channel,Subject,Requester email,Group,First reply time in minutes", 50,
              lambda n: f"{5000 + n},2026-03-~T08:00:00Z,{_of(n, 'email', 'chat', 'phone')},{_LONG},g{n}@example.org,care,{n}"),
         ("contact",), {"contacts": 50}, {"contacts.wait_s": 73_500}),
    Made("events of a web shop",
         _csv("event_time,event_type,session_id,user_id,page,device", 120,
              lambda n: f"2026-03-01 10:{n % 60:02}:{n % 59:02} UTC,{_of(n, 'view', 'cart', 'purchase')},s{n // 6:05},"
                        f"u{n // 12:04},/p/{n % 9},{_of(n, 'desktop', 'mobile')}"),
         ("interaction",), {"interactions": 120}),
    Made("orders",
         _csv("order_id,customer_id,order_date,channel,status,total_amount,currency", 90,
              lambda n: f"O{n:06},c{n % 40},{n % 28 + 1}.3.2026,{_of(n, 'web', 'app', 'phone')},"
                        f"{_of(n, 'completed', 'cancelled')},{n}.99,EUR"),
         ("interaction",), {"interactions": 90}),
    Made("owners of repositories",
         _csv("repository,team,language,archived", 40, lambda n: f"repo-{n},team-{n % 6},{_of(n, 'go', 'python')},false"),
         ("sighting",), {"sightings": 80}),
    Made("service dependencies", _csv("service,depends_on", 30, lambda n: f"svc-{n},svc-{(n * 7 + 1) % 30}"),
         ("sighting", "link"), {"sightings": 60}),
    Made("issue links",
         _csv("source_key,link_type,target_key", 20, lambda n: f"A-{n},{_of(n, 'blocks', 'relates to', 'duplicates')},B-{n}"),
         ("link",), {"links": 20}),
    Made("weekly numbers per channel",
         "Week commencing,Service,Channel,Transactions\n"
         + "".join(f"{day},claims,{channel},{n * 10}\n"
                   for n, day in enumerate(("2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26", "2026-02-02"))
                   for channel in ("web", "paper")),
         ("tally",), {"tallies": 10}, {"tallies.value": 200}),
    Made("ratings per day, a column per point",
         _csv("day,rating_1,rating_2,rating_3,rating_4,rating_5", 9, lambda n: f"2026-03-~,{n},0,1,2,3"),
         ("tally",), {"tallies": 9}),
    Made("indicators in rows",
         _csv("period_start,period_end,service,metric,value", 12,
              lambda n: f"2026-0{n // 2 + 1}-01,2026-0{n // 2 + 2}-01,stay,{_of(n, 'visits', 'transactions')},{n}"),
         ("tally",), {"tallies": 12}, {"tallies.value": 66}),
    Made("service assessments",
         _csv("service,assessment_date,assessor,standard,result,comments", 15,
              lambda n: f"svc-{n},2026-03-~,panel {n % 3},Point {n % 5},{_of(n, 'met', 'not met')},{_LONG}"),
         ("judgement",), {"judgements": 15}),
    Made("our own column names",
         "asked_at,service,score,scale_max,instrument,colour\n2026-03-02,stay,4,5,csat,blue\n2026-03-03,stay,5,5,csat,blue\n",
         ("answer",), {"answers": 2}, {"answers.score": 9, "answers.scale_max": 10}),
    Made("marks for nothing among numbers",
         _csv("date;site;sessions;bounce rate", 16, lambda n: f"2026-03-~;north;{n if n % 4 else 'n/a'};{40 + n} %"),
         ("tally",), {"tallies": 28}, {"tallies.value": 103.6}),
    Made("backlog in Dutch",
         _csv("nummer;soort;aangemaakt op;afgerond op;prioriteit;team", 30,
              lambda n: f"W-{n};wens;~-03-2026;{'~-04-2026' if n % 2 else ''};hoog;blauw"),
         ("item",), {"items": 30}),
    Made("one column of words", _csv("name", 10, lambda n: f"thing {n}"), ()),
    Made("numbers without a day", _csv("a,b,c", 20, lambda n: f"{n},{n * 2},{n * 3}"), ()),
    Made("handoffs without a day",
         _csv("source_activity,destination_activity,wt_total,frequency", 8, lambda n: f"A{n},B{n},0 days 04:56:4{n},3{n}"), ()),
)  # fmt: skip
"""Written while the proposals were made."""
