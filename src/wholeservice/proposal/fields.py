"""What columns that hold a field of a fact are usually called, in several languages. Data.

`strong` words hardly mean anything else, `usual` ones often mean this, `weak` ones may. Phrases are separated by commas.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from wholeservice import tables
from wholeservice.proposal.words import likeness, words_of

Phrase = tuple[str, ...]
STRONG, USUAL, WEAK = 3.0, 1.5, 0.5


@dataclass(frozen=True, slots=True)
class Want:
    """One field of one kind of fact, and the names by which it goes: phrase -> how much it says."""

    row: type
    field: str
    phrases: tuple[tuple[Phrase, float], ...]
    is_exact: bool = False  # only these names, and not those that hold them

    def likeness(self, words: Phrase) -> float:
        """Say how much a column of this name is the field."""
        if self.is_exact:
            return STRONG if words == self.phrases[0][0] else 0.0
        if _vocabulary(self.phrases).isdisjoint(words):
            return 0.0
        return max(level * likeness(words, phrase) for phrase, level in self.phrases)


@lru_cache(maxsize=1000)
def _vocabulary(phrases: tuple[tuple[Phrase, float], ...]) -> frozenset[str]:
    return frozenset(word for phrase, _ in phrases for word in phrase)


def want(slot: Any, strong: str = "", usual: str = "", weak: str = "") -> Want:
    """Return the names of a field; its own name is one of them."""
    own = " ".join(slot.__name__.split("_"))
    said = ((weak, WEAK), (usual, USUAL), (f"{strong},{own}", STRONG))
    phrases = {words_of(each): level for text, level in said for each in text.split(",") if each.strip()}
    return Want(slot.__objclass__, slot.__name__, tuple(phrases.items()))


SERVICE = (
    "service,service name,business service,name of service,service id,affected service,impacted service,dienst,dienstleistung,"
    "servicio,service title,service slug,affected services,services,business application,service offering"
)
PRODUCT = (
    "product,product name,application,application name,app,app name,system,component,configuration item,cmdb ci,"
    "ci name,produkt,producto,produit,anwendung,systeem"
)
PLACE = (
    "site,website,hotel,shop,store,branch,location,project,project name,repository,repo,brand,department,category,"
    "property,domain,offering,line of business"
)
TIME = (
    "timestamp,time,date time,datetime,time stamp,created at,created on,created,when,event date,zeitpunkt,zeit,tijdstip,"
    "tijd,fecha,"
    "hora,date heure,horodatage,datum,dato,data,fecha hora,start time,started at,date created,creation date,create time"
)
DATE = "date,day,at,on,start"
PERSON = (
    "customer id,user id,visitor id,client id,guest id,member id,citizen id,anonymous id,customer,user,visitor,subscriber,"
    "klantnummer,kundennummer,email,e mail,email address,patient id,student id,cookie id,device id,customer number,account id,"
    "user name,username,respondent,respondent id,participant id,ip,ip address,customer email,user email,phone,client,klant,"
    "kunde,"
    "cliente,requester,requester id,requester email,caller,reporter email,uid,user pseudo id,fullvisitorid,distinct id,guest"
)
CHANNEL = (
    "channel,distribution channel,contact channel,contact method,kanal,kanaal,canal,channel name,via channel,contact type,"
    "communication channel,channel type"
)
CHANNEL_USUAL = "via,medium,platform,device category,device,source,origin,contact origin,case origin"
STEP = "step,step name,page,page path,screen,journey step,schritt,stap,etape,paso,touchpoint,page url,page title,funnel step"

_t: Any = tables  # the checker of types does not know that a slot can be named
Interaction, Answer, Contact = _t.Interaction, _t.Answer, _t.Contact

CONSUMER_FIELDS = (
    want(
        Interaction.happened_at,
        strong=(
            "event time,event timestamp,occurred at,session start,visited at,event created at,viewed at,reservation status date"
        ),
        usual=(
            f"{TIME},"
            "server time,logged at,booking date,order date,time timestamp,booked at,ordered at,order created,"
            "purchased at,received time,submitted at"
        ),
        weak=DATE,
    ),
    want(
        Interaction.ended_at,
        strong="session end,visit end",
        usual="end time,finished at,completed at,ended,end,finish time,stop time,complete timestamp",
    ),
    want(Interaction.consumer, usual=PERSON),
    want(
        Interaction.attempt,
        strong="order id,booking id,application id,transaction id,basket id,cart id,attempt id,order number,claim id",
        usual="case id,journey id,request id,case concept name,reference,order,booking reference,case",
    ),
    want(Interaction.visit, strong="session id,visit id,session,ga session id,sessionid"),
    want(Interaction.service, usual=SERVICE, weak=f"{PRODUCT},{PLACE}"),
    want(Interaction.journey, strong="funnel,journey name,funnel name"),
    want(
        Interaction.step,
        strong="event name,page view,event label",
        usual=(f"{STEP},event,action,event type,activity,concept name,url,path,event action"),
        weak="stage,type,name",
    ),
    want(Interaction.channel, strong=CHANNEL, usual=CHANNEL_USUAL),
    want(Interaction.environment, strong="env"),
    want(
        Interaction.outcome,
        strong=("order status,booking status,reservation status,conversion,converted,application status,payment status"),
        usual="result,status,completed,success,ergebnis,resultaat,resultado,estado,resultat,abandoned,state",
    ),
    want(
        Interaction.active_s,
        strong="time on page,engagement time,dwell time",
        usual="duration,time spent,duration seconds,duration ms,session duration",
    ),
    want(
        Answer.asked_at,
        strong=(
            "survey date,response date,feedback date,rated at,review date,responded at,recorded date,"
            "submission date,survey sent,survey time,sent at"
        ),
        usual=(
            f"{TIME},"
            "submitted at,submitted,completed at,submit date,end date,ingevuld op,beantwoord op,eingereicht am,"
            "date submitted,start date"
        ),
        weak=DATE,
    ),
    want(Answer.answered_at, strong="answered,response received", usual="responded at,completed at,end date,submitted at"),
    want(
        Answer.ask,
        strong="response id,survey id,feedback id,review id,answer id,responseid",
        usual="submission id,id,ticket id,token,nr",
    ),
    want(Answer.consumer, usual=(f"{PERSON},reviewer,participant")),
    want(Answer.service, usual=SERVICE, weak=f"{PRODUCT},{PLACE}"),
    want(Answer.step, usual=STEP, weak="stage"),
    want(Answer.channel, strong=CHANNEL, usual=CHANNEL_USUAL),
    want(Answer.instrument, strong="survey type,metric name", usual="survey,survey name,metric"),
    want(Answer.question, strong="question text,survey question,frage,vraag,pregunta,question label"),
    want(
        Answer.score,
        strong=(
            "nps,csat,ces,nps score,csat score,ces score,likelihood to recommend,how likely,overall satisfaction,"
            "star rating,stars,satisfaction score,satisfaction,zufriedenheit,tevredenheid,bewertung,rating,"
            "sus score,customer satisfaction,user satisfaction,satisfacción,satisfaccion,recommend,effort score,"
            "customer effort,sus,rapportcijfer,weiterempfehlung,overall rating,how satisfied"
        ),
        usual="cijfer,note,puntuacion,grade,answer,response,points,ease,value",
    ),
    want(
        Answer.text,
        strong=(
            "comment,verbatim,review text,open answer,free text,suggestions,feedback text,review,kommentar,"
            "opmerking,opmerkingen,toelichting,commentaire,comentario,comments,what could we improve,"
            "open feedback,feedback"
        ),
        usual="reason,remarks,text,message,answer text",
    ),
    want(Answer.weight),
    want(
        Contact.happened_at,
        strong=("call start,contact date,call date,call time,chat start,received at,call start time,gesprek start,anrufbeginn"),
        usual=(f"{TIME},received,opened at,opened,start"),
        weak=DATE,
    ),
    want(
        Contact.contact,
        strong="call id,contact id,conversation id,chat id,ticket id,call sid",
        usual="ticket,ticket number,case number,case id,id,number,interaction id",
    ),
    want(Contact.consumer, usual=(f"{PERSON},from number,contact name,caller number")),
    want(Contact.service, usual=SERVICE, weak=(f"{PRODUCT},{PLACE},brand,queue")),
    want(Contact.step, usual=STEP),
    want(Contact.channel, strong=CHANNEL, usual=CHANNEL_USUAL),
    want(
        Contact.words,
        strong="transcript,contact reason,call reason",
        usual="subject,description,message,reason,topic,question,summary,betreff,onderwerp,asunto",
    ),
    want(
        Contact.handled_by,
        strong="queue,agent group,skill,skill group,queue name,contact center,warteschlange,wachtrij",
        usual="team,group,department,assigned group,group name",
    ),
    want(
        Contact.handling_s,
        strong=(
            "handle time,handling time,talk time,talk,aht,call duration,talk seconds,gesprachsdauer,gespreksduur,"
            "handle time seconds,talk time seconds,call length"
        ),
        usual="duration,time spent,duration seconds,length",
    ),
    want(
        Contact.wait_s,
        strong=(
            "wait time,queue time,waiting time,time in queue,speed of answer,hold time,wartezeit,wachttijd,"
            "wait seconds,queue seconds,wait time seconds,ring time,first reply time,first response time,"
            "first reply time in minutes,tiempo de espera"
        ),
    ),
    want(
        Contact.resolved_first,
        strong=(
            "first contact resolution,fcr,first call resolution,one touch,resolved at first contact,resolved on first contact"
        ),
        usual="resolved",
    ),
)
