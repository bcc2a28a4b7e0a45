"""What columns about work, releases and harm are usually called, in several languages. Data."""

from __future__ import annotations

from typing import Any

from wholeservice import tables
from wholeservice.proposal.fields import DATE, PLACE, PRODUCT, SERVICE, TIME, want

PRIORITY = "priority,prio,urgency,prioritat,prioriteit,prioridad,priorite,priority level"
TEAM = (
    "team,squad,assignment group,assigned team,area path,assigned group,support group,owner team,gruppe,groep,equipo,"
    "equipe,team name,resolver group,responsible team,assigned to group"
)
CREATED = (
    "created,created at,created on,date created,created date,creation date,opened,opened at,opened on,open date,"
    "reported on,reported,submitted on,"
    "erstellt,erstellt am,angelegt am,aangemaakt,aangemaakt op,fecha de creacion,cree le,date de creation,author date,"
    "created time,sys created on,"
    "date opened,submit date,createdat,requested on,eroffnet,open time,geopend"
)
DONE = (
    "resolved,resolved at,resolved on,closed,closed at,closed on,done at,completed at,completed,finished at,"
    "resolution date,closed date,resolution time,"
    "erledigt am,geschlossen am,afgerond op,gesloten op,cerrado,resuelto,date closed,merged at,completion date,close date,"
    "resolutiondate,done,done on,"
    "date resolved,geschlossen,afgesloten,close time,gesloten,accepted at,resolved date,finished,finished on,"
    "date completed,completed on"
)
NUMBER = "id,number,key,ticket,ticket id,ticket number,case id,case number,nummer,numero,no,nr,case,ref,reference"

_t: Any = tables  # the checker of types does not know that a slot can be named
Deployment, Incident, Item, Work = _t.Deployment, _t.Incident, _t.Item, _t.Work

WORK_FIELDS = (
    want(
        Item.item,
        strong=(
            "issue key,work item id,story id,task id,feature id,change id,change number,problem number,defect id,"
            "bug id,ticket key,request number,issue id,issue,story,work item,epic key,task,requirement id,"
            "request id"
        ),
        usual=(f"{NUMBER},sha,commit,iid"),
    ),
    want(
        Item.kind,
        strong="issue type,work item type,item type,tracker,ticket type,issue type name,vorgangstyp,request type",
        usual="type,kind,category,soort,art,tipo",
    ),
    want(Item.service, usual=f"{SERVICE},{PRODUCT}", weak=(f"{PLACE},area")),
    want(Item.stream, strong="value stream,epic,epic link,epic name,portfolio,initiative,programme,program"),
    want(Item.team, strong=TEAM, usual="board,group,owner,department"),
    want(Item.priority, strong=PRIORITY),
    want(Item.created_at, strong=CREATED, usual=TIME, weak=DATE),
    want(
        Item.due_at,
        strong=(
            "due,due date,deadline,target date,sla due,fallig am,falligkeit,vervaldatum,vence,duedate,due by,"
            "due on,planned end,faellig,target end,streefdatum"
        ),
    ),
    want(Item.done_at, strong=DONE),
    want(
        Item.size,
        strong=("story points,estimate,size,effort,original estimate,storypoints,story point estimate,points,schatzung"),
        usual="weight,complexity",
    ),
    want(
        Work.item,
        strong=(
            "case id,case concept name,item id,issue key,work item,caseid,contract id,case number,case key,"
            "work item id,parcel id,order number,traceid name,fall id,zaaknummer,vorgang"
        ),
        usual=(f"{NUMBER},issue,order id,application id,request id,item,claim id,ticket number,contract"),
    ),
    want(
        Work.stage,
        strong=(
            "activity,activity name,concept name,stage name,task name,phase,queue name,step name,aktivitat,activiteit,actividad"
        ),
        usual="task,stage,step,event,action,column,status,state,status name,to status,department",
    ),
    want(
        Work.state,
        strong="to status,to state,new status,lifecycle transition,status to,new value,new state,to string,state",
        usual="status,status name",
    ),
    want(
        Work.from_at,
        strong=(
            "start timestamp,entered at,enter date,transition date,from date,entered,enter time,start date,begin,"
            "startzeit,begintijd,moved at,changed at,changed on,in date,started,started on,from,entered on,"
            "inicio,begin time,start datetime"
        ),
        usual=(f"{TIME},start time,started at,start,time timestamp,date"),
        weak="at",
    ),
    want(
        Work.to_at,
        strong=(
            "end timestamp,finish time,complete time,left at,exit date,exited at,end time,complete timestamp,"
            "endzeit,eindtijd,left,out date,exit time,end date,ended at,finished,until,left on,completion time,"
            "fin,end datetime"
        ),
        usual="time timestamp,to,end,finished at,completed at,finish",
    ),
    want(
        Work.resource,
        strong=(
            "org resource,employee,performer,operator,worker,mitarbeiter,medewerker,bearbeiter,executor,"
            "resource name,handler,recurso"
        ),
        usual="user,assignee,agent,author,changed by,owner,assigned to",
    ),
    want(Work.team, strong="org group,org role", usual=(f"{TEAM},group,role,department")),
    want(Work.waits_on, strong="blocked by,waiting for,blocking item,waits for"),
    want(
        Deployment.deployment,
        strong=(
            "deployment id,deploy id,release id,pipeline id,build id,build number,run id,deploy number,"
            "change number,release number,deploymentid"
        ),
        usual="id,number,sha,tag,run number",
    ),
    want(Deployment.service, usual=(f"{SERVICE},{PRODUCT},microservice"), weak=PLACE),
    want(
        Deployment.environment,
        strong=("env,target environment,environment name,deployed to,umgebung,omgeving,entorno,deploy target,environnement"),
        usual="target,cluster,stage",
    ),
    want(Deployment.version, strong="release version,release,tag,app version,tag name,build", usual="ref,name,revision"),
    want(Deployment.artefact, strong="digest,image digest,artifact,image,commit sha,git sha,commit", usual="sha,revision"),
    want(
        Deployment.deployed_at,
        strong=(
            "released at,deploy time,deployment time,deployment date,released on,release date,rolled out at,"
            "deployed on,deployed,deploy date,published at,live at,deployment finished,release time,released,"
            "deploydatum,rollout date"
        ),
        usual=(f"{TIME},finished at,completed at,finished,completed"),
        weak=DATE,
    ),
    want(Deployment.planned, strong="is planned"),
    want(Deployment.method, strong="deployment strategy,rollout strategy,deploy method,strategy,deployment type"),
    want(
        Deployment.result,
        strong="deployment status,deploy status,succeeded,release status,conclusion",
        usual="result,status,outcome,state,success",
    ),
    want(
        Incident.incident,
        strong=(
            "alert id,alert key,incident id,incident number,incident key,outage id,inc,inc number,incident no,storing,"
            "storingsnummer,storung,incidencia,incident name"
        ),
        usual=NUMBER,
    ),
    want(
        Incident.service,
        strong=(
            "affected service,impacted service,business service,cmdb ci,configuration item,service desc,"
            "affected component,affected system"
        ),
        usual=f"{SERVICE},{PRODUCT}",
        weak=PLACE,
    ),
    want(Incident.environment, strong="env,environment name"),
    want(
        Incident.started_at,
        strong=(
            "outage start,impact start,incident start,occurred at,began at,triggered at,start of impact,started,"
            "impact began,incident started,beginn,begin,start storing,impact start time,outage began"
        ),
        usual=(f"{CREATED},{TIME},start time,start,began"),
        weak=DATE,
    ),
    want(
        Incident.detected_at,
        strong=(
            "acknowledged at,acknowledge time,detection time,noticed at,alerted at,time detected,detected,acknowledged,"
            "first acknowledged at,acknowledged on,detected on,identified at"
        ),
    ),
    want(
        Incident.detected_by,
        strong="detection method,reported by type,detection source,how detected,contact type",
        usual="reported by,source,origin",
    ),
    want(
        Incident.restored_at,
        strong=(
            f"{DONE},"
            "restored,mitigated at,end of impact,outage end,recovered at,fixed at,impact end,restored on,"
            "service restored,end of outage,impact ended,recovery time,ende,einde,behoben am,hersteld op,"
            "mitigated,recovered"
        ),
        usual="end time,end,ended at,finished at",
    ),
    want(Incident.severity, strong="sev,severity level,schweregrad,ernst,severity name", usual=(f"{PRIORITY},impact")),
)
