dev.jpull.embedding.ConsumerBuilds.before(basedir, localRepositoryPath, context)
