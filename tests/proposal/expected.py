"""What is right for each table: its time, whom or what it is about, and its numbers. Said by a person, from the headers.

A line is `TITLE: TIME | WHO | NUMBERS`. `a/b` means either; `FIELD=COLUMN` a field that is read from that column, `FIELD=?` one
that the table does not say, so that it must be left open; numbers in brackets may be read or not. `-` means none.
"""

from __future__ import annotations

from dataclasses import dataclass

_SAID = """
semicolons and decimal commas: Datum | entity=Dienst | Besuche, Kosten (EUR)
days first, beyond doubt: Date | entity=Service | Visits
day or month first, nobody knows: Date? | entity=Service | Visits
wide months: from | entity=Service | value
wide ISO months of cost: from | entity=Cost center | value
wide quarters of two things: from | entity=team | visits, calls
survey export: Submitted | ask=Response ID | How likely are you to recommend us?, Overall satisfaction
stars and reviews as JSON lines: created | service=product | stars
ITSM incidents: opened_at | incident=number service=business_service | -
PagerDuty incidents: created_on | incident=id/incident_number service=service_name | -
cost export by month: Month | entity=Service | Amount
invoices in euro: Rechnungsdatum | entity=Kostenstelle | Betrag
epoch milliseconds of spans: startTime | trace=traceId span=spanId service=serviceName | duration_ms
nanoseconds of spans, status codes: start_time_unix_nano | trace=trace_id span=span_id service=service | duration_ns
two encodings in one file: when | consumer=user_id service=service | -
UTF-16 with tabs: when | consumer=user service=service | -
no header: 1 | entity=2? | 3
lines above the header and units below: Date | step=Page/entity=Page | Sessions, Users
duplicate headers: date | entity=service | 3, 4
Jira export: Created | item=Issue key | Story Points
status changes of issues: changed_at | item=issue_key resource=author | -
stays on a board: entered_at | item=card_id | -
deployments: deployed_at | deployment=deployment_id service=service | -
releases without a number of their own: released_on | service=app | -
calls of a contact centre: call_start | contact=call_id consumer=customer_number | wait_seconds, talk_seconds
help desk tickets: Created at | contact=Ticket ID consumer=Requester email | First reply time in minutes
events of a web shop: event_time | consumer=user_id visit=session_id | -
orders: order_date | consumer=customer_id | (total_amount)
owners of repositories: - | name=repository to_name=team | -
service dependencies: - | name=service to_name=depends_on | -
issue links: - | from_ref=source_key to_ref=target_key | -
weekly numbers per channel: Week commencing | entity=Service | Transactions
ratings per day, a column per point: day | entity=? | (rating_1), (rating_2), (rating_3), (rating_4), (rating_5)
indicators in rows: period_start | entity=service | value
service assessments: assessment_date | about=service | -
our own column names: asked_at | service=service | score, (scale_max)
marks for nothing among numbers: date | entity=site | sessions, bounce rate
backlog in Dutch: aangemaakt op | item=nummer | -
one column of words: - | name=name | -
numbers without a day: - | - | -
handoffs without a day: - | - | -
ServiceNow changes: Opened/Actual end date/Planned start date | item=Number/deployment=Number | -
Azure cost: Date | entity=ServiceName/ResourceGroup | CostInBillingCurrency
AWS cost and usage: lineItem/UsageStartDate | entity=lineItem/ProductCode | lineItem/UnblendedCost
Stripe payments: Created (UTC) | entity=? | Amount
Google Analytics: Date | step=Page path/entity=Page path | Views, Active users
Matomo days: date | entity=? | nb_visits, nb_uniq_visitors, nb_actions, bounce_rate
GitHub issues: created_at | item=number | -
GitLab deployments: created_at | deployment=id/iid | -
Jaeger traces: startTime | trace=traceID span=spanID | duration
status page: Created at | incident=Incident name service=Affected components | -
SurveyMonkey, answers in words: Start Date/End Date | ask=Respondent ID | How satisfied were you with the service today?
Qualtrics, three headers: RecordedDate/StartDate/EndDate | ask=ResponseId | Q1_NPS
Azure DevOps: Created Date | item=ID | Story Points
PostHog events: timestamp | consumer=distinct_id step=event | -
World Bank, wide years: from | entity=Country Name/entity=Country Code | value
Eurostat, wide quarters: from | entity=geo\\TIME_PERIOD | value
months without a year: from? | entity=Team | value
things of a CMDB: last_discovered | name=ci_name | -
service catalogue: - | name=Service ID/name=Service Name | -
year and month apart: Year | entity=Trust | Attendances
time sheets: Date | - | (Hours)
process log in German: Startzeit | item=Fall-ID resource=Bearbeiter | -
an experiment: - | - | -
exchange rates: - | - | -
people: - | - | -
weather: - | - | -
reviews of an app: Date | service=? | Rating
uptime checks: check_time | - | (response_ms)
a funnel by week: week | step=step | visitors
flights, dates in pieces: time_hour | service=? | -
flights, without the column of instants: year | service=? | -
codes and names of airlines: - | name=name to_name=carrier | -
airports: - | name=faa title=name | -
planes with a year of making: - | name=tailnum | -
weather by the hour: time_hour | - | -
buildings with a year built: - | name=case_number/name=permit_number/name=address | -
PostHog events as CSV: timestamp | consumer=distinct_id step=event | -
Google Analytics 4, channels by day: Date | entity=? channel=Session default channel group | Sessions, \
Engaged sessions, (Event count), (Average engagement time per session), (Total revenue)
Zendesk tickets: Created at | contact=Id/item=Id | (First reply time in minutes)
ServiceNow incidents: Opened | incident=Number service=Business service | -
Jira issues with sprints: Created | item=Issue key | Custom field (Story Points)
Qualtrics, a column for each question: RecordedDate/StartDate/EndDate | ask=ResponseId | Q1_1, Q1_2, Q1_3, Q2_NPS
Stripe balance: Created (UTC) | entity=? | Amount, (Fee), (Net)
Datadog SLOs: start_time | - | (sli_value), (error_budget_remaining)
call centre, day and time apart: Date Time | contact=CallID consumer=Caller | Wait (s), Talk (s)
a rota: Shift date | - | (Hours)
people of an organisation: - | - | -
FOCUS, few columns: ChargePeriodStart | entity=ServiceName | BilledCost, EffectiveCost
GitHub issues as CSV: created_at | item=number | -
GTFS stop times: - | - | -
GTFS stops: - | name=stop_name/name=stop_id | -
waiting list, wide months: from | entity=Provider Name/entity=Provider Code | value
workbook with a title above: Month | entity=Service | Visits, Complaints
appointments: ScheduledDay/AppointmentDay | consumer=PatientId | -
311 requests: Created Date | item=Unique Key/contact=Unique Key | -
online retail: InvoiceDate | - | (Quantity)
counts by ward and week, names that say nothing: week | segment=ward/entity=ward | missed bins, fly tips
AB of a form, per day and step: day | step=step | started, completed, abandoned, (avg_seconds)
bike trips: started_at | - | -
taxi trips: tpep_pickup_datetime | - | (fare_amount), (tip_amount), (total_amount)
Intercom conversations: Conversation started at (UTC) | contact=Conversation ID consumer=User ID/consumer=User email | \
First response time (seconds), (Time to close (seconds))
Freshdesk tickets: Created time | contact=Ticket ID/item=Ticket ID | (Resolution time (in hrs))
Opsgenie alerts: CreatedAt | incident=Alert ID/incident=TinyId | -
Prometheus, one value a minute: - | - | -
Shopify orders: Created at/Paid at | - | (Total), (Subtotal)
general ledger: Posting date | entity=Cost centre/entity=Account name | Debit
A&E attendances by trust and month: Period | entity=Org name/entity=Org Code | A&E attendances Type 1, A&E attendances Type 2, \
Emergency admissions
Search Console: Date | entity=? | Clicks, Impressions, CTR, (Position)
election results: - | - | -
train punctuality, four weeks at a time: Period start | entity=Operator | Trains planned, Trains cancelled, On time %
library loans: LoanDate | item=LoanId/consumer=BorrowerNumber | -
feature flags audit log: time | - | -
Trello cards: Created | item=Card ID | -
parking meters: transaction_start | - | (amount_paid)
hospital spells: admitted_at | - | -
sensor readings: - | - | -
course feedback in words: Timestamp | service=Course | How useful was the course?
budget by department, wide years: from | entity=Department | fy-budget
log of a web server as CSV: time | consumer=remote_addr | -
SaaS subscriptions: started_on | - | (mrr)
population by area: year | entity=area_name/entity=area_code | population, households
complaints by month and reason: Month | entity=? segment=Reason | Complaints received, Upheld, (Median days)
releases of an app store: Release date | service=App | -
major incidents of a year: Start | incident=Ref service=Service | -
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """The columns that are right. An empty `times` means that there is none; `open_fields` must be left open."""

    times: tuple[str, ...]
    fields: tuple[tuple[tuple[str, str], ...], ...]
    open_fields: tuple[str, ...]
    numbers: frozenset[str]
    may: frozenset[str]


def expected_of(text: str) -> Expected:
    time, who, numbers = (each.strip() for each in text.split(" | "))
    fields, open_fields = _fields(who)
    named = [each.strip() for each in numbers.split(", ") if each.strip() != "-"]
    may = frozenset(each[1:-1] for each in named if each.startswith("("))
    times = () if time == "-" else tuple(_either(time))
    return Expected(times, fields, open_fields, frozenset(each for each in named if not each.startswith("(")), may)


def _either(text: str) -> list[str]:
    """Return what stands between slashes; a path of a cloud's export has one of its own."""
    return [text] if text.startswith("lineItem/") else [each.rstrip("?") if each != "?" else each for each in text.split("/")]


def _fields(text: str) -> tuple[tuple[tuple[tuple[str, str], ...], ...], tuple[str, ...]]:
    import re

    pieces = [] if text == "-" else re.split(r" (?=[a-z_]+=)", text)
    every = []
    for piece in pieces:
        ways = re.split(r"/(?=[a-z_]+=)", piece)
        pairs = [(way.partition("=")[0], column) for way in ways for column in _either(way.partition("=")[2])]
        every.append(tuple(pairs))
    is_open = tuple(pairs[0][0] for pairs in every if pairs[0][1] == "?")
    return tuple(pairs for pairs in every if pairs[0][1] != "?"), is_open


EXPECTED = {title: expected_of(rest) for title, _, rest in (line.partition(": ") for line in _SAID.strip().split("\n"))}
