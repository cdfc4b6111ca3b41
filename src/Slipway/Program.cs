// `slipway serve` is the daemon; everything else is its client, and must not touch the web server's assemblies, whose loading costs time.
return args is ["serve", ..]
    ? await Slipway.Daemon.DaemonHost.RunAsync(args)
    : await Slipway.Cli.CliApp.RunAsync(args);
