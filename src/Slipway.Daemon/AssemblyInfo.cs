using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Slipway.Daemon.Tests")]
