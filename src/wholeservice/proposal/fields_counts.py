"""What columns about calls, money, things, counts, relations and verdicts are usually called, in several languages. Data."""

from __future__ import annotations

from typing import Any

from wholeservice import tables
from wholeservice.proposal.fields import CHANNEL, CHANNEL_USUAL, DATE, PLACE, PRODUCT, SERVICE, STEP, TIME, want

_t: Any = tables  # the checker of types does not know that a slot can be named
Call, Money, Sighting, Tally, Link, Judgement = _t.Call, _t.Money, _t.Sighting, _t.Tally, _t.Link, _t.Judgement

OTHER_FIELDS = (
    want(Call.trace, strong="trace id,traceid,trace identifier", usual="correlation id,request id"),
    want(Call.span, strong="span id,spanid,span identifier", weak="id"),
    want(Call.parent, strong="parent span id,parent id,parentspanid,parent span identifier,parent span"),
    want(
        Call.service,
        strong="service name,resource service name,process service name,local service name,service",
        usual="component,application,app",
        weak="host",
    ),
    want(
        Call.operation,
        strong="operation name,span name,endpoint,http route,route,operation",
        usual="method,name,url,path,uri,request",
    ),
    want(Call.caller, strong="source service,from service,client service,peer", usual="client,upstream,source"),
    want(
        Call.started_at,
        strong="start time unix nano,span start,start timestamp,start time ms,start time millis",
        usual=(f"{TIME},start"),
        weak=DATE,
    ),
    want(
        Call.duration_s,
        strong=(
            "latency,elapsed,duration ms,response time,latency ms,duration us,duration ns,elapsed ms,"
            "response time ms,duration seconds,took"
        ),
        usual="duration,time taken",
    ),
    want(
        Call.failed,
        strong="is error,error,has error,otel status code,status code,http status code,http status",
        usual="status,success,outcome,result,response code",
    ),
    want(Call.environment, strong="env,deployment environment"),
    want(
        Money.from_on,
        strong=(
            "charge period start,billing period start,usage start date,invoice date,cost date,posting date,"
            "usage date,line item usage start date,buchungsdatum,boekdatum,rechnungsdatum,factuurdatum,"
            "invoice month,billing month,cost month,charge date"
        ),
        usual=(f"{TIME},period start,month,period,transaction date,booking date,monat,maand,mois,mes,start date,from"),
        weak=(f"{DATE},year,quarter,week"),
    ),
    want(
        Money.to_on,
        strong="charge period end,billing period end,usage end date,line item usage end date",
        usual="period end,end date,to",
    ),
    want(
        Money.entity,
        strong="resource name,cost center,cost centre,kostenstelle,kostenplaats,service name,service,product name",
        usual=(
            f"{SERVICE},{PRODUCT},"
            "account name,sub account name,project,department,abteilung,afdeling,team,business unit,workspace,"
            "resource group"
        ),
        weak=(f"{PLACE},description,name,vendor,supplier"),
    ),
    want(Money.pool, strong="cost pool,budget line,budget name"),
    want(
        Money.line,
        strong=(
            "charge category,cost type,cost category,gl account,expense type,kostenart,kostensoort,"
            "service category,cost line,expense category"
        ),
        usual="category,account,type,line item,categorie,kategorie",
    ),
    want(Money.flow, strong="direction,flow type", usual="type"),
    want(
        Money.amount,
        strong=(
            "billed cost,effective cost,total cost,unblended cost,net amount,cost,costs,amount,kosten,betrag,"
            "bedrag,importe,montant,coste,umsatz,omzet,revenue,spend,pre tax cost,cost in billing currency,"
            "line item unblended cost,invoice amount,amount due,total amount,nettobetrag,gross amount,sales,"
            "turnover,budget,cost usd,amount eur,cost eur,preis,prijs,ingresos,gasto,list cost,contracted cost"
        ),
        usual="price,total,charge,fee,net,expense,expenses,sum,value,fees",
    ),
    want(
        Money.currency,
        strong=("currency code,billing currency,wahrung,valuta,devise,moneda,line item currency code,curr,iso currency"),
    ),
    want(
        Sighting.kind,
        strong="component type,entity type,spec type,ci type,ci class,resource type,asset type,sys class name",
        usual="type,class,category,tier",
    ),
    want(
        Sighting.name,
        strong=(
            "component,repo name,repository,component name,metadata name,app name,asset name,ci name,hostname,"
            "system name,repo,asset,application name,server name,full name,app,slug,application,capability,"
            "platform component"
        ),
        usual=(f"{SERVICE},name,identifier,id,host,project,key,system,product"),
    ),
    want(
        Sighting.title,
        strong="display name,metadata title,full title,human name,label",
        usual="title,description,name of service,long name",
    ),
    want(
        Sighting.to_name,
        strong=(
            "owner,owning team,spec owner,owned by,owner team,team,maintainer,depends on,uses,dependency,"
            "target service,downstream,team name,technical owner,service owner,product owner,squad,parent,"
            "consumes,eigenaar,verantwortlich,support group,managed by,relies on,to"
        ),
        usual="department,group,responsible,division,agency,manager",
    ),
    want(Sighting.environment, strong="env"),
    want(Sighting.version, strong="current version,latest release tag,installed version", usual="release,tag"),
    want(
        Sighting.seen_at,
        strong=("last seen,discovered at,scanned at,last discovered,last scanned,as of,snapshot date,observed at,last seen at"),
        usual="updated at,last updated",
    ),
    want(
        Tally.from_at,
        strong=(
            "start at,period start,week start,start date,week commencing,month start,from date,date from,"
            "period from,week beginning,week of"
        ),
        usual=(
            f"{TIME},"
            "date,day,week,month,period,datum,fecha,mois,maand,monat,woche,from,jour,tag,dag,dia,year month,"
            "yearmonth,mes,jahr,year,quarter,jaar,reporting date,reporting period"
        ),
    ),
    want(Tally.to_at, strong="end at,period end,week end,to date,date to,period to,week ending", usual="end date,to,end,until"),
    want(
        Tally.entity,
        usual=(f"{SERVICE},{PRODUCT},hostname,property name,service url"),
        weak=(f"{PLACE},name,slug,agency,unit,title,team,page group"),
    ),
    want(
        Tally.step,
        strong="event label,step,funnel step,step name,stage name",
        usual=STEP,
        weak="stage,event name,event category,path",
    ),
    want(
        Tally.channel,
        strong=CHANNEL,
        usual=(f"{CHANNEL_USUAL},default channel grouping,session default channel group,channel grouping"),
        weak="key",
    ),
    want(
        Tally.segment,
        strong=(
            "segment,customer type,audience,age group,user type,customer segment,market segment,persona,sector,new or returning"
        ),
        usual="country,region,gender,geography,ward,plan,tier,land,language",
    ),
    want(
        Link.from_ref,
        strong=("from,source,source id,from key,inward issue,source key,from issue,from id,source issue,from item,successor"),
        usual="issue,key,item,id,issue key,parent id",
    ),
    want(Link.relation, strong="link type,relationship,relation type,relationship type,dependency type", usual="type"),
    want(
        Link.to_ref,
        strong=(
            "to,target,linked issue,outward issue,target id,to key,target key,to issue,to id,related to,"
            "target issue,to item,linked to,predecessor"
        ),
        usual="related,linked,child id",
    ),
    want(Link.happened_at, strong="linked at", usual=TIME, weak=DATE),
    want(
        Judgement.about,
        strong="subject id,about id,assessed item,item reviewed,contact reviewed",
        usual="ticket id,item,contact id,case id,service,service name,name,incident,key,id,subject",
    ),
    want(
        Judgement.question, strong="criterion,assessment question,checklist item,check", usual="standard,point,category,topic"
    ),
    want(
        Judgement.verdict,
        strong=("finding,judgement,assessment result,decision,conclusion,root cause,met,assessment,met or not met,cause"),
        usual="result,outcome,label,classification,rating",
    ),
    want(
        Judgement.judged_at,
        strong="assessed at,reviewed at,decided at,assessment date,review date,audit date,decided on,judged on",
        usual=TIME,
        weak=DATE,
    ),
    want(Judgement.by, strong="assessor,reviewed by,assessed by,auditor,decided by,reviewer"),
    want(Judgement.evidence, usual="evidence,rationale,comment,notes,reason"),
    want(Judgement.expires_at, strong="review due,valid until,expires,next review"),
)
