// `slipway serve` is the daemon; everything else is its client, and must not touch the web server's assemblies, whose loading costs time.
return args is ["serve", ..] && !args.Any(word => word is "--help" or "-h" or "-?")
    ? await Slipway.Daemon.DaemonHost.RunAsync(args)
    : await Slipway.Cli.CliApp.RunAsync(args);
