"""Words: how a column's name is taken apart, and what single values mean (states, channels, environments). Data and lookups."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split(","))


_SMALL = _set("at,on,of,to,by,from,in,id,no,n,nr,is,up,as,or,the,date,day,time,start,end,via,key,name,type")
"""Words that say little within others."""
_PIECE = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

MARKS = _set(
    "-,--,---,–,—,n/a,na,n.a.,null,none,nan,nil,#n/a,#ref!,#value!,#div/0!,#name?,#null!,#num!,?,tbd,unknown,undefined,"
    "(blank),(null),\n,not available,not applicable,missing,k.a.,k. a.,nvt,n.v.t.,keine angabe,s/o,sin datos,..,...,:,"
    "*,.,inconnu,unbekannt,onbekend,leer,empty,(empty),not set,(not set)"
)
"""Texts that may stand for no value."""
CLEAR_MARKS = _set(
    "-,--,---,–,—,null,nan,#n/a,#ref!,#value!,#div/0!,#name?,#null!,#num!,n/a,(null),(blank),\n,undefined,(empty)"
)
"""Those of them that stand for nothing else."""


@lru_cache(maxsize=20_000)
def words_of(name: str) -> tuple[str, ...]:
    """
    Return the words of a column's name, in small letters and without accents.

    >>> words_of("case:concept:name"), words_of("OpenedAt"), words_of("Größe_in_m2"), words_of("traceID")
    (('case', 'concept', 'name'), ('opened', 'at'), ('grosse', 'in', 'm', '2'), ('trace', 'id'))
    """
    text = unicodedata.normalize("NFKD", _CAMEL.sub(" ", name.replace("ß", "ss")))
    plain = "".join(each for each in text if not unicodedata.combining(each))
    return tuple(_PIECE.findall(plain.lower()))


def likeness(words: tuple[str, ...], phrase: tuple[str, ...]) -> float:
    """
    Say how much a name is a phrase, 0 to 1: the same, or the phrase stands in it.

    >>> likeness(("opened", "at"), ("opened", "at")), likeness(("incident", "opened", "at"), ("opened", "at"))
    (1.0, 0.8)
    >>> likeness(("at",), ("opened", "at"))
    0.0
    """
    n, m = len(words), len(phrase)
    if words == phrase:
        return 1.0
    if not phrase or n <= m:
        return 0.0
    more = 0.05 * min(6, n - m - 1)
    if words[-m:] == phrase:
        return 0.8 - more
    if m == 1 and phrase[0] in _SMALL:
        return 0.0
    if words[:m] == phrase:
        return 0.7 - more
    return 0.6 - more if any(words[at : at + m] == phrase for at in range(n - m)) else 0.0


def _lexicon(**said: str) -> dict[str, str]:
    return {word.strip(): meaning.lstrip("_").replace("_", "-") for meaning, words in said.items() for word in words.split(",")}


STATES = _lexicon(
    queued="new,open,to do,todo,backlog,ready,waiting,pending,queued,submitted,created,registered,scheduled,planned,accepted,"
    "awaiting,triage,selected for development,offen,neu,wartend,wachtend,nieuw,unassigned,requested,ready for review,"
    "ready for release,ready for test,awaiting approval,received,opened,reopened by customer",
    active="in progress,active,doing,started,working,work in progress,wip,in review,review,in development,development,testing,"
    "in testing,assigned,in bearbeitung,in behandeling,en cours,processing,analysis,running,implementing,qa,code review,"
    "in treatment,open in progress,investigating,being processed",
    blocked="blocked,on hold,hold,waiting for customer,waiting on customer,awaiting customer,impediment,suspended,paused,"
    "awaiting user info,awaiting vendor,awaiting info,stuck,blockiert,geblokkeerd,on-hold,pending customer,waiting for vendor",
    done="done,closed,resolved,completed,complete,finished,released,deployed,cancelled,canceled,rejected,erledigt,geschlossen,"
    "afgerond,gesloten,termine,fertig,solved,verified,won't do,wont do,delivered,live,shipped,withdrawn,fixed,abgeschlossen",
    returned="returned,reopened,rework,reworked,sent back,failed review,rejected by qa,re-opened",
)
ITEM_KINDS = _lexicon(
    feature="feature,story,user story,epic,new feature,enhancement,initiative,capability,requirement",
    defect="bug,defect,error,fault,fehler,problem,regression,fout,issue,incident",
    debt="debt,tech debt,technical debt,chore,maintenance,refactoring,refactor,cleanup,technical task",
    risk="risk,vulnerability,security,risiko,security issue",
    request="request,service request,support,question,ticket,help,access request,anfrage,verzoek,inquiry",
    change="change,task,sub-task,subtask,change request,deployment,improvement task,aufgabe,taak,spike,normal,standard,"
    "emergency",
    improvement="improvement,kaizen,verbesserung,verbetering,optimization",
)
OUTCOMES = _lexicon(
    done="done,completed,complete,success,succeeded,successful,converted,paid,check-out,checked out,delivered,ok,approved,"
    "confirmed,finished,purchased,yes,fulfilled,accepted,shipped,granted,abgeschlossen,afgerond,closed won,won,submitted",
    failed="failed,error,failure,no-show,no show,declined,timeout,timed out,unsuccessful,fehler,mislukt,payment failed,denied,"
    "crashed,bounced",
    left="left,abandoned,cancelled,canceled,canceled by user,dropped,dropped out,exit,quit,withdrawn,expired,abgebrochen,"
    "geannuleerd,no,lost,closed lost,incomplete,refunded",
)
RESULTS = _lexicon(
    succeeded="success,succeeded,successful,ok,passed,pass,completed,complete,done,deployed,active,green,finished,true,"
    "implemented,closed complete",
    failed="failed,failure,error,fail,red,broken,unsuccessful,timeout,false,aborted,cancelled,canceled,inactive with error",
    rolled_back="rolled back,rollback,rolled-back,reverted,backed out,rolledback",
)
DETECTED = _lexicon(
    monitor="monitor,monitoring,alert,alarm,alerting,automated,system,event management,datadog,pagerduty,prometheus,nagios,"
    "synthetic,event,automatic,sensor",
    staff="staff,employee,internal,engineer,support,self-service,phone,email,it staff,agent,walk-in,team,manual,operations",
    consumer="customer,consumer,user,client,end user,guest,caller,customer report,customer-reported",
    public="public,press,media,social media,twitter,news",
)
FLOWS = _lexicon(
    spent="spent,cost,costs,expense,expenses,debit,out,outgoing,ausgabe,kosten,uitgave,purchase,usage,spend,charge,invoice",
    earned="earned,revenue,income,sale,sales,credit note received,in,incoming,einnahme,inkomsten,umsatz,payment received",
    saved="saved,saving,savings", avoided="avoided"
)  # fmt: skip
RELATIONS = _lexicon(
    same_as="same as,duplicate,duplicates,is duplicate of,identical", part_of="part of,parent,child of,belongs to,epic link",
    fixes="fixes,resolves,closes,fix", blocks="blocks,blocking,is blocking", caused_by=
         "caused by,is caused by,root cause,due to",
    improves="improves,enhances", delivers="delivers,implements,deploys,includes", **{"for": "for,requested by,on behalf of"}
)  # fmt: skip
FAILED = _lexicon(
    true="error,failed,failure,fail,true,status code error,500,501,502,503,504,timeout,exception,ko,5xx,unavailable,internal",
    false="ok,success,succeeded,pass,passed,false,unset,status code unset,status code ok,200,201,202,204,206,301,302,303,"
    "304,307,"
    "308,2xx,3xx,none",
)
LIKERT = _lexicon(
    _5="very satisfied,strongly agree,excellent,very easy,very good,sehr zufrieden,zeer tevreden,very likely,"
       "extremely satisfied,"
    "completely agree,stimme voll zu,helemaal mee eens,tres satisfait,muy satisfecho",
    _4="satisfied,agree,good,easy,zufrieden,tevreden,likely,somewhat satisfied,stimme zu,mee eens,satisfait,satisfecho",
    _3="neutral,neither satisfied nor dissatisfied,neither agree nor disagree,average,ok,okay,fair,undecided,weder noch,"
       "neutraal,"
    "neither easy nor difficult,neutre",
    _2="dissatisfied,disagree,poor,difficult,unzufrieden,ontevreden,unlikely,somewhat dissatisfied,oneens,insatisfait,"
       "insatisfecho",
    _1="very dissatisfied,strongly disagree,very poor,very difficult,sehr unzufrieden,zeer ontevreden,very unlikely,terrible,"
    "extremely dissatisfied,bad,very bad,helemaal oneens,tres insatisfait,muy insatisfecho"
)  # fmt: skip
"""Answers in words, and the point of a scale from 1 to 5 that each is."""
_PEOPLE = (
    "employee,first name,last name,full name,surname,mitarbeiter,medewerker,assignee,assigned to,author,reporter,user,"
    "user name,username,login,email,e mail,phone,contact name,customer name,customer,person,bearbeiter,agent,"
    "agent name,created by,opened by,changed by,requester,caller,operator,performer,worker,vorname,nachname,naam,nom,"
    "prenom,nombre,apellido,achternaam,voornaam,deployed by,updated by,resource,distinct id,user id,customer id,"
    "visitor id,client id,committer,handled by,manager,staff"
)
PEOPLE = frozenset(tuple(each.split()) for each in _PEOPLE.split(","))
"""What columns that name people are called."""

STAFF_WORDS = _set(
    "employee,staff,salary,wage,job,payroll,birth,dob,gender,sex,nationality,shift,rota,hired,hire,headcount,mitarbeiter,"
    "medewerker,gehalt,salaris,geburtsdatum,geboortedatum,firstname,lastname,surname,patient,student,pupil"
)
"""Words of columns in tables of people, where a name is somebody's."""
CHANNELS = _set(
    "web,website,online,phone,telephone,call,app,mobile,mobile app,email,e-mail,mail,chat,live chat,desk,counter,post,"
    "letter,paper,digital,in person,walk-in,store,shop,branch,self-service,portal,api,sms,social,social media,twitter,"
    "facebook,whatsapp,ios,android,desktop,tablet,kiosk,direct,ta/to,corporate,gds,fax,clerical,voice,telefon,brief,"
    "balie,telefoon,schalter,correo,telefono,courrier,telephone portable,agent,call centre,call center,messaging,"
    "in-app,form,web form"
)
DEVICES = _set(
    "desktop,mobile,tablet,phone,laptop,smartphone,mobile phone,pc,computer,smart tv,tv,ios,android,iphone,ipad,windows,mac,"
    "macos,linux,handheld,wearable,console,kiosk,other"
)
"""What people hold or sit at; `mobile` and `phone` may be channels too, in a column that is called one."""
DEVICE_NAMES = _set("device,devices,platform,plattform,os,gerat,apparaat,appareil,dispositivo")
MARKETING = _set(
    "organic,paid,referral,cpc,ppc,affiliate,affiliates,seo,sem,organic search,paid search,organic social,paid social,display,"
    "email campaign,newsletter,campaign,influencer,retargeting,google ads,adwords,paid ads,ads,search engine,word of mouth,"
    "cross-network,organic video,paid video,organic shopping,paid shopping"
)
"""How people came to know of a service: no channel in which it is given."""
MARKETING_NAMES = _set("acquisition,utm,campaign,marketing,traffic,referrer,referral,attribution,acquired,herkunft")
ENVIRONMENTS = _set(
    "prod,production,live,staging,stage,stg,test,testing,dev,development,qa,uat,integration,int,acceptance,preprod,"
    "pre-production,pre-prod,sandbox,demo,canary,prd,acc,tst,preview,local,ci"
)
PRODUCTION = _set("prod,production,live,prd")
PRIORITY = re.compile(
    r"(?:p|prio|sev|s|severity|priority)?[\s-]?[0-5](?:\s?[-–:(].*)?|critical|high|medium|low|urgent|normal|major|minor|blocker"
    r"|trivial|hoch|mittel|niedrig|hoog|laag|haute|basse|moderate|lowest|highest|planning|info|warning"
)


@lru_cache(maxsize=20_000)
def names_people(name: str) -> bool:
    """Say whether a column is called as one that names people.

    >>> names_people("Employee"), names_people("author.login"), names_people("Service name")
    (True, True, False)
    """
    words = words_of(name)
    return any(words[-n:] in PEOPLE for n in (1, 2, 3))


def share_of(values: Iterable[str], known: Iterable[str] | Mapping[str, str]) -> float:
    """Return which share of different values is known, letter case aside.

    >>> share_of(["To Do", "DONE", "x"], STATES)
    0.6666666666666666
    """
    given = [each.lower().strip() for each in values]
    return sum(each in known for each in given) / len(given) if given else 0.0
