// The console that a script under test sees, and the one cmdlet that the bare engine lacks.
//
// C# 5 and .NET Framework 4.5 only: Windows PowerShell and pwsh compile this same file with Add-Type.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace Connplan.Bench
{
    /// <summary>A host that answers prompts from a list and keeps every line that is written to it.</summary>
    public sealed class BenchHost : PSHost
    {
        private readonly BenchUI ui = new BenchUI();
        private readonly Guid id = Guid.NewGuid();
        private CultureInfo culture = CultureInfo.InvariantCulture;

        /// <param name="answers">What is answered to prompts, in order; null: nobody is there to ask.</param>
        /// <param name="cultureName">The culture that scripts run under; empty: the invariant one.</param>
        public void Begin(IEnumerable answers, string cultureName)
        {
            ui.Begin(answers);
            culture = CultureInfo.GetCultureInfo(cultureName ?? "");
        }

        public BenchUI Screen { get { return ui; } }
        public override CultureInfo CurrentCulture { get { return culture; } }
        public override CultureInfo CurrentUICulture { get { return CultureInfo.GetCultureInfo("en-US"); } }
        public override Guid InstanceId { get { return id; } }
        public override string Name { get { return "Connplan bench"; } }
        public override PSHostUserInterface UI { get { return ui; } }
        public override Version Version { get { return new Version(1, 0); } }
        public override void EnterNestedPrompt() { throw new HostException("the bench has no nested prompt"); }
        public override void ExitNestedPrompt() { throw new HostException("the bench has no nested prompt"); }
        public override void NotifyBeginApplication() { }
        public override void NotifyEndApplication() { }
        public override void SetShouldExit(int exitCode) { }
    }

    public sealed class BenchUI : PSHostUserInterface
    {
        private Queue<object> answers;
        private readonly List<string> lines = new List<string>();
        private readonly List<string> questions = new List<string>();
        private string pending = "";

        public void Begin(IEnumerable given)
        {
            answers = null;
            if (given == null)
                return;
            answers = new Queue<object>();
            foreach (object one in given)
                answers.Enqueue(one);
        }

        public List<string> Lines { get { return lines; } }
        public List<string> Questions { get { return questions; } }
        public override PSHostRawUserInterface RawUI { get { return null; } }

        private object Answer(string question)
        {
            questions.Add(question);
            if (answers == null)
                throw new HostException("nobody is there to answer: " + question);
            if (answers.Count == 0)
                throw new HostException("a question too many: " + question);
            return answers.Dequeue();
        }

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices,
            int defaultChoice)
        {
            return Convert.ToInt32(Answer(caption + " " + message), CultureInfo.InvariantCulture);
        }

        public override Dictionary<string, PSObject> Prompt(string caption, string message,
            Collection<FieldDescription> descriptions)
        {
            var result = new Dictionary<string, PSObject>();
            foreach (FieldDescription one in descriptions)
                result[one.Name] = PSObject.AsPSObject(Answer(one.Name));
            return result;
        }

        public override PSCredential PromptForCredential(string caption, string message, string userName,
            string targetName)
        {
            throw new HostException("no script of connplan asks for a password");
        }

        public override PSCredential PromptForCredential(string caption, string message, string userName,
            string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
        {
            throw new HostException("no script of connplan asks for a password");
        }

        public override string ReadLine() { return Convert.ToString(Answer("ReadLine"), CultureInfo.InvariantCulture); }
        public override SecureString ReadLineAsSecureString() { throw new HostException("no script of connplan asks for a password"); }
        public override void Write(string value) { pending += value; }
        public override void Write(ConsoleColor foreground, ConsoleColor background, string value) { pending += value; }

        public override void WriteLine(string value)
        {
            lines.Add(pending + value);
            pending = "";
        }

        public override void WriteDebugLine(string message) { WriteLine("DEBUG: " + message); }
        public override void WriteErrorLine(string value) { WriteLine("ERROR: " + value); }
        public override void WriteVerboseLine(string message) { WriteLine("VERBOSE: " + message); }
        public override void WriteWarningLine(string message) { WriteLine("WARNING: " + message); }
        public override void WriteProgress(long sourceId, ProgressRecord record) { }
    }

    /// <summary>Write-Host as far as the scripts use it; only added where the engine has none.</summary>
    [Cmdlet("Write", "Host")]
    public sealed class WriteHostCommand : PSCmdlet
    {
        [Parameter(Position = 0)]
        public string Object { get; set; }

        protected override void ProcessRecord()
        {
            Host.UI.WriteLine(Object ?? "");
        }
    }
}
