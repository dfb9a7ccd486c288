//! The texts that a set holds, each with the placeholders that it must and may hold.

macro_rules! keys {
    ($($key:ident = $name:literal must [$($must:literal),*] may [$($may:literal),*];)+) => {
        /// A text of the set.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Key { $($key),+ }

        impl Key {
            /// Every text, in the order of its index.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$key),+];

            /// Returns table and name within the TOML file.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$key => $name),+ }
            }

            /// Returns the placeholders without which the text would not do its work.
            pub(crate) const fn must(self) -> &'static [&'static str] {
                match self { $(Self::$key => &[$($must),*]),+ }
            }

            /// Returns the placeholders it may hold besides.
            pub(crate) const fn may(self) -> &'static [&'static str] {
                match self { $(Self::$key => &[$($may),*]),+ }
            }
        }
    };
}

keys! {
    Day = "common.day" must ["date"] may ["weekday"];
    Days = "common.days" must ["from", "until"] may [];
    Grams = "common.grams" must ["grams"] may [];
    Units = "common.units" must ["units"] may ["grams"];
    Attached = "common.attached" must ["file"] may [];
    Excuse = "common.excuse" must [] may [];
    Number = "common.number" must ["number"] may [];
    Monday = "weekday.monday" must [] may [];
    Tuesday = "weekday.tuesday" must [] may [];
    Wednesday = "weekday.wednesday" must [] may [];
    Thursday = "weekday.thursday" must [] may [];
    Friday = "weekday.friday" must [] may [];
    Saturday = "weekday.saturday" must [] may [];
    Sunday = "weekday.sunday" must [] may [];
    CheckinTitle = "checkin_order.title" must [] may [];
    CheckinMission = "checkin_order.mission" must [] may [];
    CheckinDeadline = "checkin_order.deadline" must ["deadline"] may [];
    CheckinConsequence = "checkin_order.consequence" must [] may [];
    CheckinReport = "checkin_order.report" must [] may [];
    FuelTitle = "fuel_order.title" must [] may [];
    FuelMission = "fuel_order.mission" must [] may [];
    FuelMeal = "fuel_order.meal" must ["number"] may [];
    FuelPortion = "fuel_order.portion" must ["food", "amount"] may [];
    FuelCardio = "fuel_order.cardio" must [] may [];
    FuelCardioPulse = "fuel_order.cardio_pulse" must ["minutes", "low", "high"] may ["type"];
    FuelCardioTalk = "fuel_order.cardio_talk" must ["minutes"] may ["type"];
    FuelDeadline = "fuel_order.deadline" must ["deadline"] may [];
    FuelConsequence = "fuel_order.consequence" must [] may [];
    FuelCompleted = "fuel_order.completed" must ["number"] may [];
    FuelMissed = "fuel_order.missed" must ["number"] may [];
    FuelLogCardio = "fuel_order.log_cardio" must [] may [];
    TrainingTitle = "training_order.title" must ["number"] may [];
    TrainingMission = "training_order.mission" must [] may ["name", "block", "week"];
    TrainingExercise = "training_order.exercise" must ["exercise"] may ["number"];
    TrainingPrescription = "training_order.prescription" must ["sets", "reps", "rest"] may [];
    TrainingLast = "training_order.last" must ["weight", "reps"] may ["date"];
    TrainingDeadline = "training_order.deadline" must ["deadline"] may [];
    TrainingConsequence = "training_order.consequence" must [] may [];
    TrainingLog = "training_order.log" must ["number"] may ["exercise"];
    TrainingVideo = "training_order.video" must ["number"] may ["exercise"];
    TrainingRest = "training_order.rest" must ["rest"] may [];
    PlanTitle = "plan_prompt.title" must [] may [];
    PlanMission = "plan_prompt.mission" must [] may [];
    PlanChoice = "plan_prompt.choice" must ["letter"] may ["name"];
    PlanDeadline = "plan_prompt.deadline" must ["deadline"] may [];
    PlanConsequence = "plan_prompt.consequence" must [] may [];
    RearmingTitle = "rearming_order.title" must [] may [];
    RearmingMission = "rearming_order.mission" must [] may [];
    RearmingList = "rearming_order.list" must [] may [];
    RearmingItem = "rearming_order.item" must ["food", "amount"] may [];
    RearmingMeal = "rearming_order.meal" must ["portions"] may ["number"];
    RearmingPortion = "rearming_order.portion" must ["food", "amount"] may [];
    RearmingPreparation = "rearming_order.preparation" must [] may [];
    RearmingDeadline = "rearming_order.deadline" must ["from"] may [];
    RearmingConsequence = "rearming_order.consequence" must [] may [];
    WelcomeTitle = "welcome.title" must [] may [];
    WelcomeMission = "welcome.mission" must [] may [];
    WelcomeConsequence = "welcome.consequence" must [] may [];
    WarningTitle = "warning.title" must [] may [];
    WarningMission = "warning.mission" must [] may ["events", "days"];
    WarningConsequence = "warning.consequence" must [] may [];
    WithdrawnTitle = "warning_withdrawn.title" must [] may [];
    WithdrawnMission = "warning_withdrawn.mission" must [] may [];
    CalloutTitle = "callout.title" must [] may [];
    CalloutMission = "callout.mission" must ["alias"] may ["events", "days"];
    CalloutConsequence = "callout.consequence" must [] may [];
    RecordTitle = "personal_record.title" must [] may [];
    RecordMission = "personal_record.mission" must ["exercise", "weight", "reps"]
        may ["previous_weight", "previous_reps", "previous_date"];
    HonorsTitle = "honors.title" must [] may [];
    HonorsStreak = "honors.streak" must [] may [];
    HonorsRecords = "honors.personal_records" must [] may [];
    HonorsTarget = "honors.weight_on_target" must [] may [];
    HonorsStreakPlace = "honors.streak_place" must ["rank", "alias"] may ["count"];
    HonorsRecordsPlace = "honors.records_place" must ["rank", "alias"] may ["count"];
    HonorsTargetPlace = "honors.target_place" must ["rank", "alias"] may [];
    PrivateTitle = "private.title" must [] may [];
    ExcuseTitle = "excuse_answer.title" must [] may [];
    ExcuseGranted = "excuse_answer.granted" must [] may [];
    ExcuseRefused = "excuse_answer.refused" must [] may [];
    AlertsTitle = "alerts.title" must [] may [];
    Alert = "alerts.alert" must ["text"] may ["severity", "kind", "count"];
    ClientAlert = "alerts.client_alert" must ["text", "client"] may ["severity", "kind", "count"];
    Stale = "answer.stale" must [] may [];
    Foreign = "answer.foreign" must [] may [];
    Nothing = "answer.nothing" must [] may [];
    Away = "answer.away" must [] may [];
    Spooled = "answer.spooled" must [] may [];
    Closed = "answer.closed" must ["reason"] may [];
    Refused = "answer.refused" must ["reason"] may [];
    Wrong = "answer.wrong" must [] may [];
    WrongField = "answer.wrong_field" must ["field", "problem"] may [];
    Fix = "answer.fix" must [] may [];
    NotEnlisted = "answer.not_enlisted" must [] may [];
    NotYours = "answer.not_yours" must [] may [];
    TooFast = "answer.too_fast" must [] may [];
    UnderWay = "answer.under_way" must [] may [];
    Failed = "answer.failed" must [] may [];
    NotActive = "answer.not_active" must [] may [];
    Paused = "answer.paused" must [] may [];
    NotStarted = "answer.not_started" must [] may [];
    Logged = "answer.logged" must ["item"] may [];
    LoggedMissed = "answer.logged_missed" must ["item"] may [];
    LoggedSet = "answer.logged_set" must ["weight", "reps"] may [];
    LoggedCardio = "answer.logged_cardio" must ["minutes"] may [];
    Done = "control.done" must ["label"] may [];
    FieldWeight = "field.weight" must [] may [];
    FieldReps = "field.reps" must [] may [];
    FieldMinutes = "field.minutes" must [] may [];
    FieldNotes = "field.notes" must [] may [];
    FieldMeal = "field.meal" must [] may [];
    FieldExercise = "field.exercise" must [] may [];
    NotWeight = "field.not_weight" must ["value"] may [];
    NotWhole = "field.not_whole" must ["value"] may [];
    NotToday = "field.not_today" must ["value"] may [];
    SetTitle = "set_form.title" must [] may [];
    SetWeight = "set_form.weight" must [] may [];
    CardioTitle = "cardio_form.title" must [] may [];
    TodayTitle = "today.title" must [] may [];
    TodayEmpty = "today.empty" must [] may [];
    TodayNext = "today.next" must ["at"] may [];
    TodayMeal = "today.meal" must ["number"] may [];
    TodayCardio = "today.cardio" must [] may ["minutes"];
    TodayCheckin = "today.checkin" must [] may [];
    TodayOpen = "today.open" must ["item", "deadline"] may [];
    TodayDone = "today.done" must ["item"] may [];
    TodayUnder = "today.under" must ["item"] may [];
    TodayMissed = "today.missed" must ["item"] may [];
    CheckinAsk = "checkin.ask" must [] may [];
    CheckinWeight = "checkin.weight" must [] may [];
    CheckinClosed = "checkin.closed" must [] may [];
    CheckinFiled = "checkin.filed" must ["weight"] may [];
    Unanswered = "checkin.unanswered" must [] may [];
    WeightOdd = "checkin.odd" must ["weight"] may [];
    WeightConfirm = "checkin.confirm" must ["weight"] may [];
    WeightAgain = "checkin.again" must [] may [];
    WeightConfirmed = "checkin.confirmed" must [] may [];
    Mood = "checkin.mood" must [] may [];
    MoodGreat = "checkin.mood_good" must [] may [];
    MoodOkay = "checkin.mood_fair" must [] may [];
    MoodBad = "checkin.mood_bad" must [] may [];
    Soreness = "checkin.soreness" must [] may [];
    SorenessLow = "checkin.soreness_low" must [] may [];
    SorenessMedium = "checkin.soreness_medium" must [] may [];
    SorenessHigh = "checkin.soreness_high" must [] may [];
    Stress = "checkin.stress" must [] may [];
    StressLow = "checkin.stress_low" must [] may [];
    StressMedium = "checkin.stress_medium" must [] may [];
    StressHigh = "checkin.stress_high" must [] may [];
    Sleep = "checkin.sleep" must [] may [];
    Sleep4h = "checkin.sleep_4h" must [] may [];
    Sleep6h = "checkin.sleep_6h" must [] may [];
    Sleep8h = "checkin.sleep_8h" must [] may [];
    RestRunning = "rest.running" must ["until"] may [];
    RestOver = "rest.over" must [] may [];
    PlanChosen = "plan.chosen" must [] may [];
    ExcuseAsked = "excuse.asked" must [] may [];
    FieldName = "field.name" must [] may [];
    FieldEmail = "field.email" must [] may [];
    FieldAge = "field.age" must [] may [];
    FieldGender = "field.gender" must [] may [];
    FieldPhoto = "field.photo" must [] may [];
    FieldHeight = "field.height" must [] may [];
    FieldZone = "field.zone" must [] may [];
    FieldGoal = "field.goal" must [] may [];
    FieldAlias = "field.alias" must [] may [];
    NotNumber = "field.not_number" must ["value"] may [];
    OutOfRange = "field.out_of_range" must ["accepted", "value"] may [];
    NotZone = "field.not_zone" must ["value"] may [];
    ZoneWhich = "enlist.zone_which" must [] may [];
    EnlistTitle = "enlist.title" must [] may [];
    EnlistInvite = "enlist.invite" must [] may [];
    EnlistButton = "enlist.button" must [] may [];
    EnlistPerson = "enlist.person" must [] may [];
    EnlistBody = "enlist.body" must [] may [];
    EnlistHalf = "enlist.half" must [] may [];
    EnlistContinue = "enlist.continue" must [] may [];
    EnlistGoal = "enlist.goal" must [] may [];
    GoalCut = "enlist.goal_cut" must [] may [];
    GoalBulk = "enlist.goal_bulk" must [] may [];
    GoalRecomp = "enlist.goal_recomp" must [] may [];
    Enlisted = "enlist.done" must [] may ["start"];
    EnlistedBefore = "enlist.pending" must [] may ["start"];
    EnlistActive = "enlist.active" must [] may ["start"];
    EnlistPaused = "enlist.paused" must [] may ["start"];
    EnlistLeft = "enlist.left" must [] may ["start"];
    EnlistKnown = "enlist.known" must [] may [];
    SettingsTitle = "settings.title" must [] may [];
    SettingsZone = "settings.zone" must ["zone"] may [];
    SettingsAlias = "settings.alias" must ["alias"] may [];
    SettingsNoAlias = "settings.no_alias" must [] may [];
    SettingsChangeZone = "settings.change_zone" must [] may [];
    SettingsChangeAlias = "settings.change_alias" must [] may [];
    CalloutsGiven = "settings.callouts_given" must [] may [];
    CalloutsWithheld = "settings.callouts_withheld" must [] may [];
    CalloutsGive = "settings.callouts_give" must [] may [];
    CalloutsWithdraw = "settings.callouts_withdraw" must [] may [];
    HonorsGiven = "settings.honors_given" must [] may [];
    HonorsWithheld = "settings.honors_withheld" must [] may [];
    HonorsGive = "settings.honors_give" must [] may [];
    HonorsWithdraw = "settings.honors_withdraw" must [] may [];
    SeesTitle = "sees.title" must [] may [];
    SeesProfile = "sees.profile" must [] may [];
    SeesLogs = "sees.logs" must [] may [];
    SeesFindings = "sees.findings" must [] may [];
    SeesPublic = "sees.public" must [] may [];
    SeesRights = "sees.rights" must [] may [];
    ExportDone = "export.done" must [] may [];
    ExportTooLarge = "export.too_large" must [] may [];
    EraseTitle = "erase.title" must [] may [];
    EraseMission = "erase.mission" must [] may [];
    EraseConsequence = "erase.consequence" must [] may [];
    EraseButton = "erase.button" must [] may [];
    EraseLabel = "erase.label" must ["word"] may [];
    EraseWord = "erase.word" must [] may [];
    EraseNot = "erase.not" must [] may [];
    Erased = "erase.done" must [] may [];
    CommandOnboard = "command.onboard" must [] may [];
    CommandToday = "command.today" must [] may [];
    CommandLog = "command.log" must [] may [];
    CommandLogMeal = "command.log_meal" must [] may [];
    CommandLogSet = "command.log_topset" must [] may [];
    CommandLogCardio = "command.log_cardio" must [] may [];
    CommandLogCheckin = "command.log_checkin" must [] may [];
    CommandProgress = "command.progress" must [] may [];
    CommandSettings = "command.settings" must [] may [];
    CommandSees = "command.what_my_coach_sees" must [] may [];
    CommandExport = "command.export" must [] may [];
    CommandErase = "command.erase_me" must [] may [];
    CommandStatus = "command.status" must [] may [];
    CommandPause = "command.pause" must [] may [];
    CommandResume = "command.resume" must [] may [];
    CommandExcuse = "command.excuse" must [] may [];
    CommandCard = "command.card" must [] may [];
    CommandPostEnlist = "command.post_enlist" must [] may [];
    OptionZone = "option.zone" must [] may [];
    OptionFormat = "option.format" must [] may [];
    OptionMeal = "option.meal" must [] may [];
    OptionOutcome = "option.outcome" must [] may [];
    OutcomeDone = "option.outcome_done" must [] may [];
    OutcomeMissed = "option.outcome_missed" must [] may [];
    OptionExercise = "option.exercise" must [] may [];
    OptionWeight = "option.weight" must [] may [];
    OptionReps = "option.reps" must [] may [];
    OptionMinutes = "option.minutes" must [] may [];
    OptionMood = "option.mood" must [] may [];
    OptionSoreness = "option.soreness" must [] may [];
    OptionStress = "option.stress" must [] may [];
    OptionSleep = "option.sleep" must [] may [];
    OptionNotes = "option.notes" must [] may [];
    OptionClient = "option.client" must [] may [];
    OptionReason = "option.reason" must [] may [];
    OptionUntil = "option.until" must [] may [];
    OptionFrom = "option.from" must [] may [];
    OptionWhy = "option.why" must [] may [];
    ReasonInjury = "excuse.injury" must [] may [];
    ReasonIllness = "excuse.illness" must [] may [];
    ReasonTravel = "excuse.travel" must [] may [];
    ReasonFamily = "excuse.family" must [] may [];
    ReasonOther = "excuse.other" must [] may [];
    CoachesOnly = "answer.coaches_only" must [] may [];
}
