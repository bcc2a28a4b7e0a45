"""More tables, in the shapes of well-known products; written before anybody looked at what is proposed for them."""

from __future__ import annotations

import json

from proposal.tables_made import Made, _csv, _lines, _of

_LONG = "I like it very much and use it on every single day of my life and so do all my friends"
_QUALTRICS = (
    "StartDate,EndDate,Status,IPAddress,Progress,Finished,RecordedDate,ResponseId,Q1_NPS,Q2\n"
    "Start Date,End Date,Response Type,IP Address,Progress,Finished,Recorded Date,Response ID,"
    "How likely are you to recommend us?,Why?\n" + ",".join('"{""ImportId"":""x""}"' for _ in range(10))
)
_WORLD_BANK = (
    '"Data Source","World Development Indicators",\n\n"Last Updated Date","2026-01-01",\n\n'
    '"Country Name","Country Code","Indicator Name","Indicator Code","2020","2021","2022",'
)

EXPORTS: tuple[Made, ...] = (
    Made("ServiceNow changes",
         _csv("Number,Type,State,Short description,Assignment group,Planned start date,Planned end date,Actual end date,Risk,"
              "Configuration item,Opened", 40,
              lambda n: f"CHG{n:07},Normal,Closed,{_LONG},DBA,2026-03-~ 20:00:00,2026-03-~ 22:00:00,2026-03-~ 21:30:00,"
                        f"Moderate,db-{n % 4},2026-02-~ 09:00:00"),
         ("item", "deployment"), {"items": 40}),
    Made("Azure cost",
         _csv("Date,ResourceGroup,ServiceName,MeterCategory,CostInBillingCurrency,BillingCurrencyCode", 60,
              lambda n: f"03/~/2026,rg-{n % 5},Virtual Machines,Compute,{n}.1234,EUR"),
         ("money",), {"money": 60}, {"money.amount": 1770 + 60 * 0.1234}),
    Made("AWS cost and usage",
         _csv("identity/LineItemId,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UnblendedCost,"
              "lineItem/CurrencyCode,lineItem/LineItemType", 50,
              lambda n: f"id{n:08}x,2026-03-~T00:00:00Z,2026-03-~T01:00:00Z,AmazonEC2,0.{n:03},USD,Usage"),
         ("money",), {"money": 50}, {"money.amount": 1.225}),
    Made("Stripe payments",
         _csv("id,Created (UTC),Amount,Currency,Status,Customer Email,Description,Fee", 40,
              lambda n: f"ch_{n:06}ab,2026-03-~ 10:11,{n}.50,eur,Paid,p{n}@example.org,Subscription,0.3"),
         ("money", "interaction"), {"money": 40}, {"money.amount": 800}),
    Made("Google Analytics",
         "# ----\n# Pages and screens\n# Start date: 20260301\n# ----\n"
         + _csv("Date,Page path,Views,Active users", 42, lambda n: f"202603{n % 14 + 1:02},/p{n // 14},{n * 3},{n}"),
         ("tally",), {"tallies": 84}, {"tallies.value": 861 * 4}),
    Made("Matomo days",
         _csv("date,nb_visits,nb_uniq_visitors,nb_actions,bounce_rate", 28,
              lambda n: f"2026-03-~,{n * 10},{n * 8},{n * 30},{40 + n}%"),
         ("tally",), {"tallies": 112}),
    Made("GitHub issues",
         json.dumps([{"number": n, "title": _LONG, "state": "open", "created_at": f"2026-03-{n % 28 + 1:02}T10:00:00Z",
                      "closed_at": f"2026-03-{n % 28 + 1:02}T19:00:00Z" if n % 2 else None, "user": {"login": f"u{n % 5}"},
                      "labels": [{"name": "bug"}], "comments": n % 4} for n in range(40)]),
         ("item",), {"items": 40}, {}, ".json"),
    Made("GitLab deployments",
         json.dumps([{"id": n, "iid": n, "ref": "main", "sha": f"{n:040x}", "created_at": f"2026-03-{n % 28 + 1:02}T10:00:00Z",
                      "status": "success" if n % 4 else "failed", "environment": {"name": "production"},
                      "deployable": {"name": "deploy", "pipeline": {"id": n + 900}}} for n in range(30)]),
         ("deployment",), {"deployments": 30}, {}, ".json"),
    Made("Jaeger traces",
         json.dumps({"data": [{"traceID": f"t{t:04}a", "spans": [
             {"traceID": f"t{t:04}a", "spanID": f"s{t:03}{s}", "operationName": "GET /x",
              "startTime": 1772359200000000 + t * 1000 + s, "duration": 1500 + s, "processID": "p1"} for s in range(5)]}
             for t in range(12)]}),
         ("call",), {"calls": 60}, {}, ".json"),
    Made("status page",
         _csv("Incident name,Impact,Created at,Resolved at,Affected components", 25,
              lambda n: f'Paying is slow {n},major,"Mar {n % 28 + 1}, 2026 10:00 UTC","Mar {n % 28 + 1}, 2026 12:30 UTC",pay'),
         ("incident",), {"incidents": 25}),
    Made("SurveyMonkey, answers in words",
         _csv("Respondent ID,Start Date,End Date,IP Address,How satisfied were you with the service today?,What could we do?\n"
              ",,,,Response,Open-Ended Response", 40,
              lambda n: f"118{n:07},03/~/2026 10:00:00 AM,03/~/2026 10:05:00 AM,81.2.69.{n + 100},"
                        f"{_of(n, 'Very satisfied', 'Satisfied', 'Neutral', 'Dissatisfied')},{_LONG}"),
         ("answer",), {"answers": 40}, {"answers.score": 140}),
    Made("Qualtrics, three headers",
         _csv(_QUALTRICS, 40, lambda n: f"2026-03-~ 10:00:00,2026-03-~ 10:03:00,IP Address,81.2.69.{n + 100},100,True,"
                                        f"2026-03-~ 10:03:01,R_{n:05}x,{n % 11},{_LONG}"),
         ("answer",), {"answers": 40}, {"answers.score": 186}),
    Made("Azure DevOps",
         _csv("ID,Work Item Type,Title,Assigned To,State,Tags,Created Date,Closed Date,Story Points,Area Path", 40,
              lambda n: f"{n + 100},User Story,{_LONG},Ann <ann@example.org>,Closed,web; pay,3/{n % 28 + 1}/2026 9:00:00 AM,"
                        f"3/{n % 28 + 1}/2026 5:00:00 PM,{n % 8},Shop"),
         ("item",), {"items": 40}, {"items.size": 140}),
    Made("PostHog events",
         _lines(50, lambda n: {"uuid": f"0190-{n:04}-abc", "event": _of(n, "$pageview", "signup", "paid"),
                               "timestamp": f"2026-03-{n % 28 + 1:02}T10:00:00.000Z", "distinct_id": f"d{n % 9}",
                               "properties": {"$current_url": "https://x.example/pay", "$session_id": f"s{n // 4}"}}),
         ("interaction",), {"interactions": 50}, {}, ".jsonl"),
    Made("World Bank, wide years",
         _csv(_WORLD_BANK, 30, lambda n: f'"Land {n}","L{n:02}","Visitors","ST.INT","{n}","{n + 1}","",'),
         ("tally",), {"tallies": 60}, {"tallies.value": 900}),
    Made("Eurostat, wide quarters",
         _csv("geo\\TIME_PERIOD;2020-Q1;2020-Q2;2020-Q3", 10, lambda n: f"Land {n};{n},5;:;{n + 1},0"),
         ("tally",), {"tallies": 20}, {"tallies.value": 105}),
    Made("months without a year", _csv("Team;Januar;Februar;März;April", 6, lambda n: f"T{n};{n};{n + 1};{n + 2};{n + 3}"),
         ("tally",), {"tallies": 24}, {"tallies.value": 96}),
    Made("things of a CMDB",
         _csv("ci_name,ci_class,owned_by,support_group,environment,last_discovered", 40,
              lambda n: f"srv-{n:03},Linux Server,ann lee,Unix,production,2026-03-~ 02:00:00"),
         ("sighting",)),
    Made("service catalogue",
         _csv("Service ID,Service Name,Service Owner,Business Unit,Criticality,Lifecycle Status", 30,
              lambda n: f"SVC{n:03},Service number {n},owner {n % 7},Retail,High,Live"),
         ("sighting",)),
    Made("year and month apart",
         _csv("Year,Month,Trust,Attendances", 36, lambda n: f"{2024 + n // 18},{n % 9 + 1},Trust {n // 9 % 2},{n * 100}"),
         ("tally",), {"tallies": 36}, {"tallies.value": 63_000}),
    Made("time sheets",
         _csv("Date,Employee,Project,Task,Hours,Billable", 50, lambda n: f"2026-03-~,e{n % 5},Shop,Development,{n % 8}.5,yes"),
         ("work", "money", "tally", "interaction")),
    Made("process log in German",
         _csv("Fall-ID;Aktivität;Startzeit;Endzeit;Bearbeiter", 50,
              lambda n: f"F{n // 5};Schritt {n % 5};{n // 5 + 1:02}.03.2026 08:{n % 5}0:00;"
                        f"{n // 5 + 1:02}.03.2026 08:{n % 5}9:00;Müller"),
         ("work",), {"work": 50}),
    Made("an experiment", "experiment,variant,visitors,conversions\nA,control,100,10\nA,test,101,14\n", ()),
    Made("exchange rates", _csv("date,EUR,USD,GBP", 20, lambda n: f"2026-03-~,1,1.{n:02},0.8{n:02}"), ()),
    Made("people", "first_name,last_name,email,phone\nann,lee,ann@example.org,+44 20 7946 0958\n"
                   "bob,ray,bob@example.org,+44 20 7946 0959\n", ()),
    Made("weather", _csv("date,temp_min,temp_max,rain_mm", 25, lambda n: f"2026-03-~,{n - 5},{n + 5},{n}.2"), ()),
    Made("reviews of an app",
         _csv("Date,Version,Rating,Title,Review,Country", 30,
              lambda n: f'"March {n % 28 + 1}, 2026",1.{n},{n % 5 + 1},Great,"{_LONG}",NL'),
         ("answer",), {"answers": 30}, {"answers.score": 90}),
    Made("uptime checks",
         _csv("check_time,url,status_code,response_ms,success", 60,
              lambda n: f"2026-03-01T10:{n % 60:02}:00Z,https://x.example/{n % 3},200,{n},true"),
         ("interaction", "call"), {"interactions": 60}),
    Made("a funnel by week",
         _csv("week,step,visitors", 30,
              lambda n: f"2026-W{n // 5 + 1:02},{_of(n, 'find', 'choose', 'pay', 'confirm', 'done')},{1000 - n * 7}"),
         ("tally",), {"tallies": 30}, {"tallies.value": 26_955}),
)  # fmt: skip
