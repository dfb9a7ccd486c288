//! How a client comes, changes and goes.

use jiff::civil::Date;

use super::{
    Error, Regiment, Result,
    apply::begin,
    context::{Context, random_name},
    decide_in, load,
    transfer::read_archive,
};
use crate::{
    Effect, Slug, UserId,
    engine::{
        meals,
        onboarding::{self, Enlistment, Form, Override, Settings, StartDate},
        schedule,
    },
    export::Archive,
    record::{Actor, ClientProfile, Macros, MealTemplate, Status, Subject, TrainingTemplate},
    store::{Conflict, Tx},
};

/// What became of a form.
#[derive(Debug, Clone, PartialEq)]
pub enum Enlisted {
    /// A pending profile: the coach finalizes it.
    Pending(ClientProfile),
    /// There is a profile already, and nothing changed.
    Known(ClientProfile),
}

/// What becomes of a client whom a coach creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intake {
    /// He waits for the coach.
    Wait,
    /// He comes under orders at once.
    Activate,
}

impl Regiment {
    /// Takes a person's form. A second one is answered with the state of the first.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every field that is refused.
    pub async fn enlist(&self, form: &Form) -> Result<Enlisted> {
        let (mut tx, context) = self.begin().await?;
        let enlisted = enlist(&mut tx, form, &context).await?;
        tx.commit().await?;
        Ok(enlisted)
    }

    /// Enlists a person with what a coach adds to the form, and puts him under orders at once where
    /// the coach says so: all of it, or nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] and [`Error::Refused`] say what is missing or out of range; the store's
    /// conflict for a client who exists.
    pub async fn recruit(
        &self,
        form: &Form,
        complete: impl FnOnce(&mut ClientProfile),
        intake: Intake,
        by: &Actor,
    ) -> Result<ClientProfile> {
        let (mut tx, context) = self.begin().await?;
        let Enlisted::Pending(pending) = enlist(&mut tx, form, &context).await? else {
            let exists = Conflict::Exists("a client with this user_id".to_owned());
            return Err(Error::Store(exists.into()));
        };
        let user_id = pending.user_id;
        let mut completed = pending;
        complete(&mut completed);
        let subject = completed.subject().to_owned();
        let mut audit = vec![super::entry(by, "created", &subject)];
        let dossier = load::locked(&mut tx, user_id, &context).await?;
        decide_in(&mut tx, &context, dossier, |dossier, context| {
            let Context { now, policy, library } = context;
            let mut effects = onboarding::edit(dossier, library, completed, &[], None, *now)?;
            if intake == Intake::Activate {
                let mut edited = dossier.clone();
                for effect in &effects {
                    edited.apply(effect);
                }
                let planned = StartDate::Planned;
                effects
                    .extend(onboarding::activate(&edited, library, policy, planned, None, *now)?);
                audit.push(super::entry(by, "activated", &subject));
            }
            Ok((effects, ()))
        })
        .await?;
        tx.append_audit(&audit, context.now).await?;
        let stored = tx.client(user_id).await?.ok_or(Error::UnknownClient)?;
        tx.commit().await?;
        Ok(stored)
    }

    /// Saves what a coach changed in a profile over the version he read.
    ///
    /// # Errors
    /// [`Error::Refused`] where the client's state does not allow it, and the store's conflict when
    /// somebody else saved it meanwhile.
    pub async fn edit(
        &self,
        edited: ClientProfile,
        overrides: &[Override],
        reason: Option<&str>,
        by: &Actor,
    ) -> Result<()> {
        self.act_as(edited.user_id, by, "profile_edited", |dossier, context| {
            if dossier.client.version != edited.version {
                let stale = Conflict::Stale {
                    table: "clients",
                    id: dossier.client.subject().to_owned(),
                    expected: edited.version.into(),
                };
                return Err(Error::Store(stale.into()));
            }
            let (library, now) = (&context.library, context.now);
            Ok((onboarding::edit(dossier, library, edited, overrides, reason, now)?, ()))
        })
        .await
    }

    /// Puts a pending client under orders, and sends the pre-mission message.
    ///
    /// # Errors
    /// [`Error::Refused`] unless the profile is complete and the start date has not passed.
    pub async fn activate(
        &self,
        user_id: UserId,
        start: StartDate,
        words: Option<String>,
        by: &Actor,
    ) -> Result<()> {
        self.act_as(user_id, by, "activated", |dossier, context| {
            let Context { now, policy, library } = context;
            Ok((onboarding::activate(dossier, library, policy, start, words, *now)?, ()))
        })
        .await
    }

    /// Stops a client's orders; with an end date they resume by themselves on that day.
    ///
    /// # Errors
    /// [`Error::Refused`] for a client who is not active, or is paused already.
    pub async fn pause(
        &self,
        user_id: UserId,
        until: Option<Date>,
        reason: &str,
        by: &Actor,
    ) -> Result<()> {
        self.act_as(user_id, by, "paused", |dossier, context| {
            Ok((onboarding::pause(dossier, until, reason, by.clone(), context.now)?, ()))
        })
        .await
    }

    /// Resumes a client's orders with the next trigger; steps of the coming cycle that passed
    /// meanwhile come at once.
    ///
    /// # Errors
    /// [`Error::Refused`] for a client who is not paused, or not active.
    pub async fn resume(&self, user_id: UserId, reason: &str, by: &Actor) -> Result<()> {
        self.act_as(user_id, by, "resumed", |dossier, context| {
            let Context { now, policy, library } = context;
            let mut effects = onboarding::resume(dossier, reason, by.clone(), *now)?;
            let mut resumed = dossier.clone();
            for effect in &effects {
                resumed.apply(effect);
            }
            effects.extend(schedule::catch_up(&resumed, library, policy, *now));
            Ok((effects, ()))
        })
        .await
    }

    /// Lets a client go.
    ///
    /// # Errors
    /// [`Error::Refused`] for one who has gone.
    pub async fn archive(&self, user_id: UserId, reason: &str, by: &Actor) -> Result<()> {
        self.act_as(user_id, by, "archived", |dossier, context| {
            Ok((onboarding::archive(dossier, reason, by.clone(), context.now)?, ()))
        })
        .await
    }

    /// Lets a person enlist again over a pending or archived profile.
    ///
    /// # Errors
    /// [`Error::Refused`] for an active client.
    pub async fn reopen(&self, user_id: UserId, by: &Actor) -> Result<()> {
        self.act_as(user_id, by, "reopened", |dossier, context| {
            Ok((onboarding::reopen(&dossier.client, context.now)?, ()))
        })
        .await
    }

    /// Assigns a training block: at once, or from the next training day where today's workout has
    /// gone out.
    ///
    /// # Errors
    /// [`Error::Refused`] for a block that is not in the library, and while the profile is locked.
    pub async fn assign_block(
        &self,
        user_id: UserId,
        block: &Slug<TrainingTemplate>,
        by: &Actor,
    ) -> Result<()> {
        self.act_as(user_id, by, "block_assigned", |dossier, context| {
            Ok((onboarding::assign_block(dossier, &context.library, block, context.now)?, ()))
        })
        .await
    }

    /// Saves what a client sets for himself.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an alias out of bounds.
    pub async fn set(&self, user_id: UserId, settings: Settings) -> Result<()> {
        self.act(user_id, |dossier, context| {
            Ok((onboarding::set(&dossier.client, settings, context.now)?, ()))
        })
        .await
    }

    /// Takes a client's choice of the coming cycle's plan. It binds that cycle alone.
    ///
    /// # Errors
    /// [`Error::Refused`] after the deadline, and for a template that was not offered.
    pub async fn choose_plan(
        &self,
        user_id: UserId,
        cycle_start: Date,
        template: Slug<MealTemplate>,
    ) -> Result<()> {
        self.act(user_id, |dossier, context| {
            let Context { now, policy, library } = context;
            let choice = (cycle_start, template);
            Ok((meals::choose(dossier, library, policy, choice, *now)?, ()))
        })
        .await
    }

    /// Compiles a cycle again, to the macros of the profile as it is now, and sends a new rearming
    /// order.
    ///
    /// # Errors
    /// [`Error::Refused`] for a cycle that is not compiled, or is over.
    pub async fn recompile(
        &self,
        user_id: UserId,
        cycle: (Date, meals::Basis),
        by: &Actor,
    ) -> Result<()> {
        self.act_as(user_id, by, "plan_recompiled", |dossier, context| {
            let Context { now, policy, library } = context;
            Ok((meals::recompile(dossier, library, policy, cycle, *now)?, ()))
        })
        .await
    }

    /// Plans a refeed: a day with its own macros.
    ///
    /// # Errors
    /// [`Error::Refused`] while refeeds are blocked, and for a day that is not ahead.
    pub async fn plan_refeed(
        &self,
        user_id: UserId,
        day: (Date, Macros),
        by: &Actor,
    ) -> Result<()> {
        self.act_as(user_id, by, "refeed_planned", |dossier, context| {
            let Context { now, policy, library } = context;
            Ok((meals::refeed(dossier, library, policy, day, *now)?, ()))
        })
        .await
    }

    /// Forgets a person: everything that leads to him goes, in the store and out of what the audit
    /// trail keeps beside its chain. Returns how many rows that was.
    ///
    /// # Errors
    /// [`Error::UnknownClient`], and the store's.
    pub async fn erase(&self, user_id: UserId, by: &Actor) -> Result<u64> {
        let (mut tx, context) = self.begin().await?;
        let client = tx.lock_client(user_id).await?.ok_or(Error::UnknownClient)?;
        let erased = tx.erase_client(user_id, client.subject(), by.role(), context.now).await?;
        tx.commit().await?;
        Ok(erased)
    }

    /// Returns everything about one client, and remembers that it was handed out. To the client
    /// himself it goes without what coaches wrote for each other.
    ///
    /// # Errors
    /// [`Error::UnknownClient`], and the store's.
    pub async fn export(&self, user_id: UserId, by: &Actor) -> Result<Archive> {
        let (mut tx, context) = self.begin().await?;
        let archive = read_archive(&mut tx, user_id).await?;
        let subject = archive.client.subject();
        tx.append_audit(&[super::entry(by, "exported", subject)], context.now).await?;
        tx.commit().await?;
        Ok(if by.is_staff() { archive } else { archive.for_client() })
    }

    /// Stores clients whose profiles are complete, as a coach's own create call does, and puts them
    /// under orders at once where they are active.
    ///
    /// # Errors
    /// The store's conflict for a client who exists.
    pub async fn create(&self, profile: ClientProfile, by: &Actor) -> Result<ClientProfile> {
        let (mut tx, context) = self.begin().await?;
        let profile = named(profile);
        tx.enlist(&profile, context.now).await?;
        if profile.status == Status::Active {
            begin(&mut tx, &profile, &context).await?;
        }
        let entry = super::entry(by, "created", profile.subject());
        tx.append_audit(&[entry], context.now).await?;
        let stored = tx.client(profile.user_id).await?.ok_or(Error::UnknownClient)?;
        tx.commit().await?;
        Ok(stored)
    }
}

/// Stores a form as a pending profile, unless there is one.
async fn enlist(tx: &mut Tx, form: &Form, context: &Context) -> Result<Enlisted> {
    let known = match form.user_id.parse::<UserId>() {
        Ok(user_id) => tx.client(user_id).await?,
        Err(_) => None,
    };
    let effects = match onboarding::enlist(known.as_ref(), form, context.now)? {
        Enlistment::Enlisted(effects) => effects,
        Enlistment::Known { .. } => {
            return known.map(Enlisted::Known).ok_or(Error::UnknownClient);
        }
    };
    let mut pending = None;
    for effect in effects {
        let Effect::Profile(profile) = effect else { continue };
        let profile = named(profile);
        if known.is_some() {
            tx.save_client(&profile, context.now).await?;
        } else {
            tx.enlist(&profile, context.now).await?;
        }
        pending = tx.client(profile.user_id).await?;
    }
    pending.map(Enlisted::Pending).ok_or(Error::UnknownClient)
}

/// Gives a profile the random name that logs and the audit trail use.
pub(super) fn named(profile: ClientProfile) -> ClientProfile {
    let subject = profile.subject.unwrap_or_else(|| Subject(random_name()));
    ClientProfile { subject: Some(subject), ..profile }
}
