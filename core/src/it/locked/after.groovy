dev.jpull.embedding.ConsumerBuilds.after(context)
