// npm would leave "workspace:*" among the dependencies of what it packs, which nobody can install; pnpm puts versions.
if (!process.env.npm_config_user_agent?.startsWith('pnpm/')) {
  console.error('npm cannot pack or publish this package: use "pnpm pack" or "pnpm publish" instead.')
  process.exit(1)
}
