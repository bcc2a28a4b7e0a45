"""Tables of everyday tools and public data, written when the score was made; with the traps that such tables have."""

from __future__ import annotations

import datetime as dt

from proposal.tables_made import Made, _csv, _of

_SAID = "The form did not load for me and I had to call three times before anybody could help me at all"
_DAY = dt.datetime(2013, 1, 1, 5, tzinfo=dt.UTC)


def _workbook(*rows: tuple[object, ...]) -> bytes:
    """Return a workbook of one sheet."""
    from sources.test_table import workbook

    return workbook({"Sheet1": [list(row) for row in rows]})


def _hour(n: int) -> dt.datetime:
    return _DAY + dt.timedelta(hours=n)


def _flight(n: int) -> str:
    at = _hour(n * 5)
    return (
        f"{at:%Y},{at.month},{at.day},{at.hour}{n % 60:02},{at.hour}15,{n % 30 - 5},{n % 40 - 9},{_of(n, 'UA', 'AA', 'B6')},"
        f"{1000 + n * 7},N{10000 + n % 37},{_of(n, 'EWR', 'LGA', 'JFK')},{_of(n, 'IAH', 'MIA')},{n % 99 + 80},{n % 900 + 300},"
        f"{at.hour},{n % 60},{at:%Y-%m-%dT%H:00:00Z}"
    )


def _weather(n: int) -> str:
    at = _hour(n)
    return (f"EWR,{at:%Y},{at.month},{at.day},{at.hour},{39 + n % 9}.02,59.{n % 9},{n % 36 * 10},{n % 20}.5,0,1012,"
            f"10,{at:%Y-%m-%dT%H:00:00Z}")  # fmt: skip


EVERYDAY: tuple[Made, ...] = (
    Made("flights, dates in pieces",
         _csv("year,month,day,dep_time,sched_dep_time,dep_delay,arr_delay,carrier,flight,tailnum,origin,dest,air_time,distance,"
              "hour,minute,time_hour", 300, _flight), ("interaction",), {"interactions": 300}),
    Made("flights, without the column of instants",
         _csv("year,month,day,hour,minute,carrier,flight,tailnum,distance", 200,
              lambda n: f"2013,{n % 12 + 1},{n % 28 + 1},{n % 24},{n % 60},{_of(n, 'UA', 'AA')},{1000 + n * 7},"
                        f"N{n % 37},{n + 300}"),
         ("interaction",), {"interactions": 200}),
    Made("codes and names of airlines",
         "carrier,name\n9E,Endeavor Air Inc.\nAA,American Airlines Inc.\nAS,Alaska Airlines Inc.\nB6,JetBlue Airways\n",
         ("sighting",), {"sightings": 8}),
    Made("airports",
         _csv("faa,name,lat,lon,alt,tz,dst,tzone", 60,
              lambda n: f"A{n:02},Field {n % 58},41.{n},-80.{n},{n * 17},-5,A,America/New_York"), ("sighting",)),
    Made("planes with a year of making",
         _csv("tailnum,year,type,manufacturer,model,engines,seats,speed,engine", 80,
              lambda n: f"N{10000 + n},{1990 + n % 20},Fixed wing,{_of(n, 'BOEING', 'AIRBUS')},M-{n % 9},2,{n % 300},"
                        f"NA,Turbo-fan"),
         ("sighting",)),
    Made("weather by the hour",
         _csv("origin,year,month,day,hour,temp,humid,wind_dir,wind_speed,precip,pressure,visib,time_hour", 200, _weather), ()),
    Made("buildings with a year built",
         _csv("case_number,address,year_built,floors,permit_number,zip", 60,
              lambda n: f"C-{4000 + n},{n} High Street,{1950 + n % 60},{n % 5 + 1},{77000 + n},9{n % 30:04}"), ("sighting",)),
    Made("PostHog events as CSV",
         _csv("uuid,event,timestamp,distinct_id,properties.$current_url,properties.$browser,properties.$session_id", 60,
              lambda n: f"0190{n:04}-ab,{_of(n, '$pageview', 'form_started', 'form_sent')},2026-03-~T10:{n % 60:02}:00.000Z,"
                        f"d{n % 9}f,https://x.example/{_of(n, 'find', 'pay')},Chrome,s{n // 4}b"),
         ("interaction",), {"interactions": 60}),
    Made("Google Analytics 4, channels by day",
         "# All Users\n# Traffic acquisition\n# 20260301-20260328\n"
         + _csv("Date,Session default channel group,Sessions,Engaged sessions,Average engagement time per session,"
                "Event count,Total revenue", 56,
                lambda n: f"202603{n // 2 + 1:02},{_of(n, 'Organic Search', 'Direct')},{n + 10},{n + 5},{n}.25,{n * 9},0"),
         ("tally",)),
    Made("Zendesk tickets",
         _csv("Id,Requester,Requester id,Requester email,Submitter,Assignee,Group,Subject,Tags,Status,Priority,Via,Ticket type,"
              "Created at,Updated at,Solved at,Satisfaction Score,First reply time in minutes,Reopens", 50,
              lambda n: f"{8000 + n},ann lee,{900 + n},p{n}@example.org,ann lee,bob ray,Care,{_SAID},billing,Solved,"
                        f"{_of(n, 'High', 'Normal')},{_of(n, 'Mail', 'Web', 'Chat')},Question,2026-03-~ 08:00:00,"
                        f"2026-03-~ 09:00:00,2026-03-~ 11:00:00,{_of(n, 'Good', 'Bad', 'Not Offered')},{n},{n % 2}"),
         ("contact",), {"contacts": 50}),
    Made("ServiceNow incidents",
         _csv('"Number","Opened","Opened by","Caller","Short description","Category","Priority","State","Assignment group",'
              '"Assigned to","Business service","Resolved","Closed","Reassignment count"', 50,
              lambda n: f'INC{10000 + n:07},~-03-2026 08:{n % 60:02}:00,ann lee,bob ray,"{_SAID}",Software,'
                        f'{n % 4 + 1} - {_of(n, "Critical", "High", "Moderate", "Low")},Closed,Service desk,eve,'
                        f'Payroll {n % 3},~-03-2026 12:00:00,~-04-2026 12:00:00,{n % 5}'),
         ("incident",), {"incidents": 50}),
    Made("Jira issues with sprints",
         _csv("Summary,Issue key,Issue id,Issue Type,Status,Project key,Priority,Assignee,Reporter,Created,Updated,Resolved,"
              "Sprint,Sprint,Custom field (Story Points),Labels", 60,
              lambda n: f"{_SAID},WEB-{n},{30000 + n},{_of(n, 'Story', 'Bug')},{_of(n, 'Done', 'To Do')},WEB,High,ann,bob,"
                        f"~/Mar/26 9:15 AM,~/Mar/26 4:15 PM,{'~/Mar/26 4:15 PM' if n % 2 else ''},S{n % 3},,{n % 8}.0,pay"),
         ("item",), {"items": 60}, {"items.size": sum(n % 8 for n in range(60))}),
    Made("Qualtrics, a column for each question",
         _csv("StartDate,EndDate,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,Q1_1,Q1_2,Q1_3,Q2_NPS,Q3", 50,
              lambda n: f"2026-03-~ 10:00:00,2026-03-~ 10:05:00,100,{n + 200},True,2026-03-~ 10:05:01,R_{n:04}ab,{n % 5 + 1},"
                        f"{(n + 1) % 5 + 1},{(n + 2) % 5 + 1},{n % 11},{_SAID}"),
         ("answer",), {"answers": 200}),
    Made("Stripe balance",
         _csv("id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC),Description", 60,
              lambda n: f"txn_{n:06}ab,charge,ch_{n:06}cd,{n}.50,0.30,{n}.20,eur,2026-03-~ 10:11,2026-03-~ 00:00,Subscription"),
         ("money",), {"money": 60}),
    Made("Datadog SLOs",
         _csv("slo_id,slo_name,service,timeframe,target,sli_value,error_budget_remaining,start_time,end_time", 30,
              lambda n: f"a{n:05}f,Latency of {n},checkout-{n % 3},30d,99.9,99.{n:02},{n}.5,2026-03-~T00:00:00Z,"
                        f"2026-04-01T00:00:00Z"),
         ("tally",)),
    Made("call centre, day and time apart",
         _csv("CallID;Date;Time;Agent;Queue;Wait (s);Talk (s);Abandoned;Caller", 70,
              lambda n: f"{55000 + n};~.03.2026;09:{n % 60:02}:11;agent {n % 7};{_of(n, 'Billing', 'Tech')};{n};{n * 3};"
                        f"{_of(n, 'N', 'Y')};+44 20 7946 {1000 + n}"),
         ("contact",), {"contacts": 70}, {"contacts.wait_s": 2415, "contacts.handling_s": 7245}),
    Made("a rota",
         _csv("Staff number,Name,Shift date,Shift start,Shift end,Ward,Grade,Hours", 60,
              lambda n: f"{40000 + n % 20},nurse {n % 20},~/03/2026,07:00,19:00,Ward {n % 4},Band {n % 3 + 5},12"),
         ("work", "tally", "interaction")),
    Made("people of an organisation",
         _csv("employee_id,name,job_title,department,manager,start_date,salary,cost_centre", 40,
              lambda n: f"E{n:04},person {n},Nurse,{_of(n, 'A&E', 'ICU')},person {n % 5},2019-04-~,{30000 + n * 100},"
                        f"CC{n % 5}"), ()),
    Made("FOCUS, few columns",
         _csv("BillingAccountId,BilledCost,EffectiveCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ServiceName,"
              "ResourceId,ConsumedQuantity,ConsumedUnit", 60,
              lambda n: f"99{n % 2},{n}.25,{n}.15,USD,2026-03-{n % 28 + 1:02}T00:00:00Z,2026-03-{n % 28 + 2:02}T00:00:00Z,"
                        f"Amazon {_of(n, 'EC2', 'S3')},i-{n:08},{n * 2},Hours"),
         ("money",), {"money": 120}, {"money.amount": 3540 + 24}),
    Made("GitHub issues as CSV",
         _csv("number,title,state,author,assignee,labels,milestone,comments,created_at,closed_at,url", 60,
              lambda n: f"{700 + n},{_SAID},{_of(n, 'open', 'closed')},ann{n % 6},bob,bug,v2,{n % 6},2026-03-~T10:00:00Z,"
                        f"{'2026-03-~T12:00:00Z' if n % 2 else ''},https://github.example/x/{700 + n}"),
         ("item",), {"items": 60}),
    Made("GTFS stop times",
         _csv("trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type", 80,
              lambda n: f"T{n // 8},{n % 8 + 8:02}:10:00,{n % 8 + 8:02}:11:00,S{n % 8},{n % 8 + 1},0"), ()),
    Made("GTFS stops",
         _csv("stop_id,stop_name,stop_lat,stop_lon,zone_id", 50, lambda n: f"S{n:03},Stop number {n},52.{n},4.{n},Z{n % 3}"),
         ("sighting",)),
    Made("waiting list, wide months",
         _csv("Provider Code,Provider Name,Specialty,Apr-25,May-25,Jun-25,Jul-25", 24,
              lambda n: f"R{n // 4:02},Trust {n // 4},{_of(n, 'ENT', 'Eyes', 'Heart', 'Skin')},{n},{n + 1},{n + 2},{n + 3}"),
         ("tally",), {"tallies": 96}, {"tallies.value": sum(4 * n + 6 for n in range(24))}),
    Made("workbook with a title above",
         _workbook(("Monthly report", None, None, None), (None, None, None, None), ("Month", "Service", "Visits", "Complaints"),
                   *((f"2026-0{n % 6 + 1}", f"desk {n // 6}", n * 10, n) for n in range(18))),
         ("tally",), {"tallies": 36}, {"tallies.value": 153 * 11}, ".xlsx"),
    Made("appointments",
         _csv("AppointmentID,PatientId,ScheduledDay,AppointmentDay,Age,Neighbourhood,SMS_received,No-show", 80,
              lambda n: f"{5600000 + n},{298000 + n % 50},2026-02-~T18:38:08Z,2026-03-~T00:00:00Z,{n % 90},N{n % 6},{n % 2},"
                        f"{_of(n, 'No', 'Yes')}"),
         ("interaction",), {"interactions": 80}),
    Made("311 requests",
         _csv("Unique Key,Created Date,Closed Date,Agency,Complaint Type,Incident Zip,Borough,Latitude,Longitude,Channel", 70,
              lambda n: f"{26000000 + n},03/~/2026 10:15:00 AM,03/~/2026 05:15:00 PM,{_of(n, 'DOT', 'DEP')},Noise,"
                        f"{10000 + n % 40},QUEENS,40.{n},-73.{n},{_of(n, 'PHONE', 'ONLINE')}"),
         ("item", "contact"), {}),
    Made("online retail",
         _csv("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country", 90,
              lambda n: f"{536365 + n // 4},{85000 + n % 30},CANDLE {n % 30},{n % 6 + 1},12/{n % 28 + 1}/2010 8:26,{n % 9}.55,"
                        f"{17850 + n % 9},United Kingdom"),
         ("interaction", "money")),
    Made("counts by ward and week, names that say nothing",
         "week,ward,missed bins,fly tips\n"
         + "".join(f"2026-W{week:02},{ward},{week * 2},{week}\n" for week in range(1, 11) for ward in ("North", "South")),
         ("tally",), {"tallies": 40}, {"tallies.value": 110 * 3}),
    Made("AB of a form, per day and step",
         _csv("day,form,step,started,completed,abandoned,avg_seconds", 56,
              lambda n: f"2026-03-{n // 2 + 1:02},renewal,{_of(n, 'details', 'pay')},{n + 50},{n + 30},20,{n}.5"), ("tally",)),
)  # fmt: skip

LATER: tuple[Made, ...] = (
    Made("bike trips",
         _csv("ride_id,rideable_type,started_at,ended_at,start_station_name,start_station_id,end_station_id,start_lat,"
              "start_lng,"
              "member_casual", 60,
              lambda n: f"A{n:05}F,classic_bike,2026-03-~ 08:{n % 60:02}:00,2026-03-~ 09:{n % 60:02}:00,Dock {n % 9},"
                        f"S{n % 9},S{n % 7},"
                        f"41.{n},-87.{n},{_of(n, 'member', 'casual')}"), ("interaction", "work")),
    Made("taxi trips",
         _csv("VendorID,tpep_pickup_datetime,tpep_dropoff_datetime,passenger_count,trip_distance,RatecodeID,PULocationID,"
              "DOLocationID,payment_type,fare_amount,tip_amount,total_amount", 60,
              lambda n: f"{n % 2 + 1},2026-03-~ 08:{n % 60:02}:00,2026-03-~ 09:{n % 60:02}:00,{n % 4 + 1},{n}.5,1,"
                        f"{n % 200},{n % 90},"
                        f"{n % 3},{n}.5,1.5,{n + 2}.0"), ("interaction", "money")),
    Made("Intercom conversations",
         _csv("Conversation ID,Conversation started at (UTC),Channel,User ID,User email,Teammate assigned,Team assigned,"
              "First response time (seconds),Time to close (seconds),Conversation rating,Conversation tags", 50,
              lambda n: f"{21000 + n},2026-03-~ 08:00:00,{_of(n, 'Chat', 'Email')},u{n % 20},p{n}@example.org,ann,"
                        f"Care,{n * 10},"
                        f"{n * 100},{n % 5 + 1},billing"), ("contact",)),
    Made("Freshdesk tickets",
         _csv("Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,Resolved time,Closed time,"
              "Resolution time (in hrs),Customer interactions,Contact ID", 50,
              lambda n: f"{n + 1},{_SAID},Closed,Low,{_of(n, 'Email', 'Phone', 'Portal')},Question,bob,Care,2026-03-~ 08:00:00,"
                        f"2026-03-~ 18:00:00,2026-03-~ 12:00:00,2026-03-~ 13:00:00,04:00:00,{n % 5},{9000 + n % 30}"),
         ("contact", "item")),
    Made("Opsgenie alerts",
         _csv("Alert ID,TinyId,Message,Status,Priority,Source,Teams,CreatedAt,UpdatedAt,AcknowledgeTime,CloseTime,Owner", 40,
              lambda n: f"a{n:06}-b,{n + 10},CPU of host {n},closed,P{n % 5 + 1},Nagios,Ops,2026-03-~T01:00:00Z,"
                        f"2026-03-~T02:00:00Z,"
                        f"2026-03-~T01:10:00Z,2026-03-~T01:40:00Z,ann"), ("incident",)),
    Made("Prometheus, one value a minute",
         _csv("timestamp,instance,http_requests_total,process_cpu_seconds", 60,
              lambda n: f"{1772359200 + n * 60},api-{n % 2},{n * 100},{n}.25"), ()),
    Made("Shopify orders",
         _csv("Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,"
              "Lineitem quantity,Billing Zip,Phone", 40,
              lambda n: f"#{1001 + n},p{n}@example.org,paid,2026-03-~ 10:00:00 +0000,fulfilled,EUR,{n}.00,4.00,1.00,{n + 5}.00,"
                        f"2026-03-~ 09:58:00 +0000,{n % 3 + 1},9{n:04},+31 6 1234 {1000 + n}"), ("money", "interaction")),
    Made("general ledger",
         _csv("Posting date;Document no;Account;Account name;Cost centre;Debit;Credit;Text", 50,
              lambda n: f"~.03.2026;{90000 + n};{6000 + n % 9};Hosting;CC{n % 3};{n},00;0,00;Invoice"), ("money",)),
    Made("A&E attendances by trust and month",
         _csv("Period,Org Code,Parent Org,Org name,A&E attendances Type 1,A&E attendances Type 2,Emergency admissions", 48,
              lambda n: f"MSitAE-2026-0{n % 6 + 1},R{n // 6:02},NHS NORTH,Trust {n // 6},{n * 10},{n},{n * 3}"), ("tally",)),
    Made("Search Console",
         _csv("Date,Clicks,Impressions,CTR,Position", 28, lambda n: f"2026-03-~,{n},{n * 20},{n}.5%,{n % 9}.1"), ("tally",)),
    Made("election results",
         _csv("constituency_code,constituency,party,candidate,votes,share", 50,
              lambda n: f"E{n // 5:03},Town {n // 5},P{n % 5},cand {n},{n * 100},0.{n:02}"), ()),
    Made("train punctuality, four weeks at a time",
         _csv("Period start,Period end,Operator,Trains planned,Trains cancelled,On time %", 26,
              lambda n: f"2026-0{n // 2 % 6 + 1}-01,2026-0{n // 2 % 6 + 1}-28,Line {n % 2}{n // 12},{n * 100 + 50},"
                        f"{n},8{n % 10}.5"),
         ("tally",)),
    Made("library loans",
         _csv("LoanId,ItemBarcode,BorrowerNumber,LoanDate,DueDate,ReturnDate,Branch,Renewals", 60,
              lambda n: f"{700100 + n},3000{n % 40:04},{50000 + n % 30},2026-03-~,2026-04-~,"
                        f"{'2026-03-~' if n % 3 else ''},B{n % 3},{n % 2}"),
         ("interaction", "item")),
    Made("feature flags audit log",
         _csv("time,actor,action,flag_key,environment,old_value,new_value", 40,
              lambda n: f"2026-03-~T10:00:00Z,ann@example.org,{_of(n, 'updated', 'created')},flag-{n % 6},production,off,on"),
         ("interaction", "work", "deployment")),
)  # fmt: skip
"""A second lot, written when the first was right."""

LAST: tuple[Made, ...] = (
    Made("Trello cards",
         _csv("Card ID,Card Name,Card URL,List Name,Board Name,Members,Labels,Due Date,Created,Last Activity Date,Archived", 40,
              lambda n: f"6{n:05}ae,{_SAID},https://trello.example/{n},{_of(n, 'Doing', 'Done')},Web,ann,bug,"
                        f"2026-04-~,2026-03-~,"
                        f"2026-03-~,false"), ("item",)),
    Made("parking meters",
         _csv("meter_id,transaction_start,transaction_end,amount_paid,payment_method,zone", 60,
              lambda n: f"M{n % 12},2026-03-~ 08:{n % 60:02}:00,2026-03-~ 10:{n % 60:02}:00,{n % 5}.50,card,Z{n % 3}"),
         ("interaction", "money")),
    Made("hospital spells",
         _csv("spell_id,patient_id,admitted_at,discharged_at,ward,consultant,age,icd10", 50,
              lambda n: f"SP{n:05},{900000 + n},2026-03-~ 08:00,2026-03-~ 20:00,W{n % 4},Dr {n % 5},{n % 90},J1{n % 9}"),
         ("interaction", "work", "item")),
    Made("sensor readings", _csv("device;ts;co2;temp;battery", 60,
              lambda n: f"d{n % 3};2026-03-01 {n % 24:02}:00;{400 + n};2{n % 9},5;9{n % 9}"),
         ()),
    Made("course feedback in words",
         _csv("Timestamp,Course,How useful was the course?,What should change?", 50,
              lambda n: f"2026/03/~ 10:00:00 AM,Course {n % 4},{_of(n, 'Excellent', 'Good', 'Fair', 'Poor')},"
                        f"{_SAID}"), ("answer",)),
    Made("budget by department, wide years",
         _csv("Department,FY 2024 budget,FY 2025 budget,FY 2026 budget", 12, lambda n: f"Dept {n},£{n}00,£{n}10,"
                                                                                       f"£{n}20"), ("money", "tally")),
    Made("log of a web server as CSV",
         _csv("time,remote_addr,method,path,status,bytes,referer", 60,
              lambda n: f"2026-03-01T10:{n % 60:02}:00Z,81.2.69.{n + 100},GET,/p/{n % 5},{200 if n % 7 else 500},{n * 100},-"),
         ("interaction", "call")),
    Made("SaaS subscriptions",
         _csv("customer_id,plan,mrr,currency,started_on,cancelled_on,seats", 50,
              lambda n: f"cus_{n:04}x,{_of(n, 'Pro', 'Basic')},{n}.00,USD,2025-03-~,"
                        f"{'2026-03-~' if n % 4 == 0 else ''},{n % 9}"),
         ("money", "interaction")),
    Made("population by area",
         _csv("area_code,area_name,year,population,households", 60,
              lambda n: f"E{n // 5:04},Area {n // 5},{2019 + n % 5},{n * 1000},{n * 400}"), ("tally",)),
    Made("complaints by month and reason",
         _csv("Month;Reason;Complaints received;Upheld;Median days", 36,
              lambda n: f"2026-{n // 3 + 1:02};{_of(n, 'Delay', 'Staff', 'Fees')};{n * 4};{n};{n % 20}"), ("tally",)),
    Made("releases of an app store",
         _csv("App,Platform,Version,Build,Release date,Rollout %", 30, lambda n: f"Shop,{_of(n, 'iOS', 'Android')},"
                                                                                 f"3.{n}.0,{4000 + n},2026-03-~,100"),
         ("deployment",)),
    Made("major incidents of a year",
         _csv("Ref;Service;Severity;Start;End;Customers affected;Cause", 24,
              lambda n: f"MI-{n:03};{_of(n, 'Pay', 'Book')};{n % 3 + 1};~.03.2026 08:00;~.03.2026 11:00;{n * 100};Network"),
         ("incident",)),
)  # fmt: skip
"""A third lot, written when the second was right."""
