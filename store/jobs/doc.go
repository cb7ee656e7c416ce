// Package jobs runs work in the background of a request and keeps what came of it until somebody fetches it.
//
// It owns a job's life: accepted, running, done; how it is cancelled, how it expires, how it is told that its server died;
// and the files of its result, in small compressed parts. All of that is in the store, so that any server of a deployment
// answers for any job and a result outlives its server. The work itself belongs to the server that accepted it and is
// begun once: a job whose server died is never begun again, because work that writes must not be done twice. It must not
// know HTTP, nor what the work is.
//
//	runner := jobs.New(st, jobs.Options{})
//	id, err := runner.Start(ctx, jobs.Spec{Principal: "anna", Request: "GET …/$export"}, func(ctx context.Context, t *jobs.Task) ([]byte, error) {
//		file := t.File("Patient.1")
//		// … file.Write(line), t.Progress("3 of 146 types") …
//		return manifest, file.Close(ctx)
//	})
//	job, err := runner.Job(ctx, id, "anna")
//	…
//	err = runner.Stop(ctx)
package jobs
