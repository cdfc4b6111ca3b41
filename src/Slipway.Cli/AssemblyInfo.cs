using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Slipway.Cli.Tests")]
