using System.Diagnostics;
using Slipway.Content;
using Slipway.Images.Layers;

namespace Slipway.Build.Copying;

/// <summary>
/// Opens what those compressions of an archive hide that layers do not have, told by its first bytes: bzip2 and xz, by the programs that Debian has for them. Gzip and zstd
/// are left to <see cref="LayerReader"/>.
/// </summary>
internal static class Decompression
{
    private static readonly (byte[] Magic, string Program)[] Programs =
    [
        ([0x42, 0x5A, 0x68], "bzip2"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"),
    ];

    /// <summary>The plain bytes, or those that came. Disposing it ends the program.</summary>
    /// <param name="compressed">At its start; stays the caller's.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: the program is not installed.</exception>
    public static Stream Open(Stream compressed)
    {
        byte[] head = new byte[6];
        int length = compressed.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        compressed.Position = 0;
        string? program = Programs.FirstOrDefault(known => head.AsSpan(0, length).StartsWith(known.Magic)).Program;
        return program is null ? compressed : new ProgramStream(Start(program), compressed);
    }

    private static Process Start(string program)
    {
        ProcessStartInfo start = new(program, ["-d", "-c"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            throw new SlipwayException(
                ErrorKind.Unavailable, $"{program} is not installed on the server, and the archive needs it", $"Install it as root: apt-get install {(program == "xz" ? "xz-utils" : program)}", fault);
        }
    }

    /// <summary>What a program makes of the bytes that it is fed meanwhile.</summary>
    private sealed class ProgramStream : ReadOnlyStream
    {
        private readonly Process _process;
        private readonly Stream _output;
        private readonly Thread _feeding;

        public ProgramStream(Process process, Stream compressed)
        {
            _process = process;
            _output = process.StandardOutput.BaseStream;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            _feeding = new Thread(() => Feed(process, compressed)) { IsBackground = true };
            _feeding.Start();
        }

        public override int Read(Span<byte> buffer)
        {
            int read = _output.Read(buffer);
            if (read == 0 && buffer.Length > 0)
            {
                _process.WaitForExit();
                if (_process.ExitCode != 0)
                {
                    throw new SlipwayException(ErrorKind.InvalidArgument, $"{_process.StartInfo.FileName} cannot read the archive: it is damaged");
                }
            }

            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                if (!_process.HasExited)
                {
                    _process.Kill();
                }

                _feeding.Join();
                _process.Dispose();
            }

            base.Dispose(disposing);
        }

        private static void Feed(Process process, Stream compressed)
        {
            try
            {
                using Stream input = process.StandardInput.BaseStream;
                compressed.CopyTo(input);
            }
            catch (IOException)
            {
                // The program has read enough, or was ended.
            }
        }
    }
}
